import { Injectable } from '@angular/core';

/** What was typed and not sent yet, by conversation. It is written with each key, and survives a reload. */
@Injectable({ providedIn: 'root' })
export class Drafts {
  read(id: string): string {
    return localStorage.getItem(`draft:${id}`) ?? '';
  }

  write(id: string, text: string): void {
    if (text) localStorage.setItem(`draft:${id}`, text);
    else localStorage.removeItem(`draft:${id}`);
  }
}
