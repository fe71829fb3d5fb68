import { deepEqual } from 'node:assert/strict';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { provideOllama } from 'rxjs-ollama/angular';
import { marbleChat, scriptedClient } from 'rxjs-ollama/testing';
import { TestScheduler } from 'rxjs/testing';
import { Answer } from './answer.js';

describe('Answer in virtual time', () => {
  it('shows at each animation frame what came before it', () => {
    const shown: unknown[] = [];
    new TestScheduler(deepEqual).run(({ animate, cold, flush }) => {
      animate('                                    --x--x--x');
      const client = scriptedClient(cold(...marbleChat('-t-a-b-(d|)')));
      TestBed.configureTestingModule({ providers: [provideOllama({ client, model: 'test' })] });
      const fixture = TestBed.createComponent(Answer);
      fixture.componentInstance.question.set('Hi');
      TestBed.tick();

      cold('                                       ---r--r--r').subscribe(() => {
        TestBed.tick();
        shown.push((fixture.nativeElement as HTMLElement).querySelector('output')?.textContent);
      });
      flush();
    });
    expect(shown).toEqual(['', 'Hel', 'Hello']);
  });
});
