import { Directive, effect, ElementRef, inject, input } from '@angular/core';
import type { MessageImage } from 'rxjs-ollama';

/** Shows an image of a message. Its memory is given back when another image is shown, or none. */
@Directive({ selector: 'img[appImageSource]' })
export class ImageSource {
  readonly appImageSource = input.required<MessageImage>();

  constructor() {
    const image = inject<ElementRef<HTMLImageElement>>(ElementRef).nativeElement;
    effect((onCleanup) => {
      const source = this.appImageSource();
      if (typeof source === 'string') {
        image.src = source.startsWith('data:image/') ? source : `data:image/png;base64,${source}`;
        return;
      }
      const blob = source instanceof Blob ? source : new Blob([source as BlobPart]);
      const url = URL.createObjectURL(blob);
      image.src = url;
      onCleanup(() => {
        URL.revokeObjectURL(url);
      });
    });
  }
}
