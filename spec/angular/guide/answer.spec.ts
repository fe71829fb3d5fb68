import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OllamaTestingController, provideOllamaTesting } from 'rxjs-ollama/angular/testing';
import { Answer } from './answer.js';

describe('Answer', () => {
  let controller: OllamaTestingController;

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: [provideOllamaTesting()] });
    controller = TestBed.inject(OllamaTestingController);
  });

  const create = (question: string) => {
    const fixture = TestBed.createComponent(Answer);
    fixture.componentInstance.question.set(question);
    const element = fixture.nativeElement as HTMLElement;
    return {
      fixture,
      show: () => {
        TestBed.tick();
        const parts = element.querySelectorAll('p, output, button');
        return Array.from(parts, ({ textContent }) => textContent).filter(Boolean);
      },
      click: () => element.querySelector('button')?.click(),
    };
  };

  afterEach(() => {
    controller.verify();
  });

  it('shows each state of an answer', () => {
    const { show } = create('Hi');
    expect(show()).toEqual(['Waiting …', 'Stop']);
    const chat = controller.expectOne('Hi').thinking('Hm');
    expect(show()).toEqual(['Thinking …', 'Stop']);
    chat.answer('Hel').answer('lo');
    expect(show()).toEqual(['Hello', 'Stop']);
    chat.done();
    expect(show()).toEqual(['Hello']);
  });

  it('stops the model', () => {
    const { show, click } = create('Hi');
    show();
    const chat = controller.expectOne('Hi').answer('Hel');
    show();
    click();
    expect(chat.aborted).toBe(true);
    expect(show()).toEqual(['Hel']);
  });

  it('keeps the text after an error, until the next attempt answers', () => {
    const { show, click } = create('Hi');
    show();
    controller.expectOne('Hi').answer('Hel').error(new Error('The connection broke.'));
    expect(show()).toEqual(['Hel', 'The connection broke.', 'Try again']);
    click();
    expect(show()).toEqual(['Waiting …', 'Hel', 'Stop']);
    controller.expectOne('Hi').answer('Hello').done();
    expect(show()).toEqual(['Hello']);
  });
});
