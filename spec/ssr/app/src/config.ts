import type { ApplicationConfig } from '@angular/core';
import { provideClientHydration } from '@angular/platform-browser';
import { provideRouter } from '@angular/router';
import { provideOllama } from 'rxjs-ollama/angular';
import { Conversation } from './conversation';
import { Skip } from './skip';
import { Wait } from './wait';

export const config: ApplicationConfig = {
  providers: [
    provideClientHydration(),
    provideRouter([
      { path: 'skip', component: Skip },
      { path: 'wait', component: Wait },
      { path: 'conversation', component: Conversation },
    ]),
    provideOllama({ host: '/ollama', model: 'qwen3' }),
  ],
};
