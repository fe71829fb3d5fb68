import {
  Component,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import type { CallActivity, ConversationMessage } from 'rxjs-ollama';
import { injectConversation } from 'rxjs-ollama/angular';
import { Library } from '../library/library';
import { Place } from '../library/place';
import { readLastSettings, writeLastSettings, type Settings } from '../library/settings';
import { ModelPicker } from '../models/model-picker';
import { Models, toShortName } from '../models/models';
import { PullModel } from '../models/pull-model';
import { Tools } from '../tools/tools';
import { Icon } from '../ui/icon';
import { adviseOn, describeEnding } from './advice';
import { announceChanges } from './announce';
import { Answer } from './answer';
import { moveFocusToApprovals } from './approval-focus';
import { Composer, type Sent } from './composer';
import { FollowEnd } from './follow-end';
import { findPastCalls } from './past-calls';
import { Question } from './question';
import { SystemPrompt } from './system-prompt';
import { ToolCard, type ApprovalRequest } from './tool-card';
import { Welcome } from './welcome';

const NO_CALLS: readonly CallActivity[] = [];

/** One conversation. It lasts as long as it is open: when it is left, its model stops. */
@Component({
  selector: 'app-chat',
  imports: [
    ...[
      Answer,
      Composer,
      FollowEnd,
      Icon,
      ModelPicker,
      PullModel,
      Question,
      SystemPrompt,
      ToolCard,
    ],
    Welcome,
  ],
  templateUrl: './chat.html',
  styleUrl: './chat.css',
  host: {
    '(document:keydown.escape)': 'onEscape($event)',
    '(document:visibilitychange)': 'keep()',
    '(window:pagehide)': 'leave()',
    '(dragover)': 'onDrag($event)',
    '(dragleave)': 'onDragLeave($event)',
    '(drop)': 'onDrop($event)',
  },
})
export class Chat {
  readonly id = input.required<string>();
  readonly menu = output();

  readonly #library = inject(Library);
  readonly #tools = inject(Tools);
  protected readonly models = inject(Models);

  /** The same as `id`, which has no value yet. */
  readonly #id = inject(Place).conversation() ?? '';
  protected readonly settings = signal(
    this.#library.find(this.#id)?.settings ?? readLastSettings(),
  );
  protected readonly model = computed(
    () => this.settings().model || this.models.list()[0]?.name || '',
  );
  protected readonly modelName = computed(() => toShortName(this.model()));

  protected readonly chat = injectConversation(() => {
    const { system, think, tools } = this.settings();
    const abilities = this.models.abilities();
    return {
      model: this.model(),
      system,
      store: this.#library.failure() ? undefined : this.#library.storeOf(this.#id, this.settings),
      ...(abilities.thinking && { think }),
      tools: abilities.tools && tools ? this.#tools.all : [],
    };
  });

  /** While an answer that failed is asked for again: what it said before. */
  protected readonly earlier = signal<ConversationMessage | undefined>(undefined);
  protected readonly isDropping = signal(false);
  /** The model that is being pulled; an empty name asks for one. */
  protected readonly pulling = signal<string | undefined>(undefined);

  protected readonly composer = viewChild.required(Composer);
  protected readonly end = viewChild.required(FollowEnd);

  /** The calls of the current turn, by the message that has them. */
  readonly #calls = computed(() => {
    const calls = new Map<string, CallActivity[]>();
    for (const activity of this.chat.activity()) {
      calls.set(activity.messageId, [...(calls.get(activity.messageId) ?? []), activity]);
    }
    return calls;
  });
  protected readonly pastCalls = computed(() =>
    findPastCalls(this.chat.messages(), this.chat.activity()),
  );
  protected readonly approvals = computed(
    (): ReadonlyMap<string, ApprovalRequest> =>
      new Map(this.chat.approvals().map((approval) => [approval.call.id, approval])),
  );
  protected readonly advice = computed(() => {
    const error = this.chat.error();
    return error && adviseOn(error, this.model());
  });
  protected readonly last = computed(() => this.chat.messages().at(-1));
  protected readonly isEmpty = computed(
    () => !this.last() && !this.chat.isBusy() && !this.advice(),
  );
  /** Whether the model is at work, and has said nothing yet. */
  protected readonly isWaiting = computed(
    () => this.chat.status() === 'waiting' && !this.last()?.streaming,
  );
  /** Of a question without an answer: why there is none. */
  protected readonly unanswered = computed(() =>
    !this.chat.isBusy() && !this.advice() && this.last()?.message.role === 'user'
      ? (describeEnding(this.chat.ending()) ?? 'There is no answer to this.')
      : undefined,
  );

  constructor() {
    effect(() => {
      this.models.selected.set(this.model());
    });
    // On a phone it would open the keyboard.
    afterNextRender(() => {
      if (matchMedia('(pointer: fine)').matches) this.composer().focus();
    });
    announceChanges(this.chat, this.advice);
    moveFocusToApprovals(this.chat, () => {
      this.composer().focus();
    });
  }

  protected callsOf({ id }: ConversationMessage): readonly CallActivity[] {
    return this.#calls().get(id) ?? NO_CALLS;
  }

  protected change(settings: Settings): void {
    this.settings.set(settings);
    writeLastSettings(settings);
    void this.#library.saveSettings(this.#id, settings);
  }

  protected send({ text, images }: Sent): void {
    this.earlier.set(undefined);
    this.chat.send(text, images.length ? { images } : {});
    this.end().follow();
    this.keep();
  }

  protected edit({ id }: ConversationMessage, text: string): void {
    this.earlier.set(undefined);
    this.chat.edit(id, text);
    this.end().follow();
    this.composer().focus();
  }

  /** Asks again. What an answer that failed has said stays on the screen until there is more. */
  protected retry(): void {
    const last = this.last();
    this.earlier.set(this.advice() && last?.message.role === 'assistant' ? last : undefined);
    this.chat.regenerate();
    this.end().follow();
    this.composer().focus();
  }

  /** The button that was clicked goes away, and must not take the focus along. */
  protected stop(): void {
    this.chat.stop();
    this.composer().focus();
  }

  /**
   * Saves what is on the screen: when a question is sent, and when the page is hidden in mid-answer, of
   * which it may not come back. The conversation itself saves each turn when it ends.
   */
  protected keep(): void {
    const entries = this.chat.messages();
    if (!this.chat.isBusy() || !entries.length) return;
    const kept = entries
      .filter(({ message }) => message.role !== 'assistant' || message.content)
      .map((entry) =>
        entry.streaming ? { ...entry, streaming: false, ending: 'stopped' as const } : entry,
      );
    this.#library.save(this.#id, kept, this.settings()).catch((error: unknown) => {
      this.#library.failure.set(error);
    });
  }

  /** A browser may keep a page that was left, with its connections, for when the reader goes back. */
  protected leave(): void {
    this.keep();
    this.chat.stop();
  }

  protected onEscape(event: Event): void {
    // There the key closes a dialog, a list or a menu.
    const isElsewhere =
      event.target instanceof Element &&
      event.target.closest('dialog, app-sidebar, .cdk-overlay-container');
    if (!event.defaultPrevented && !isElsewhere && this.chat.isBusy()) this.stop();
  }

  protected onDrag(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.isDropping.set(true);
  }

  /** Between two parts of the page it is not left. */
  protected onDragLeave({ relatedTarget }: DragEvent): void {
    if (!relatedTarget) this.isDropping.set(false);
  }

  protected onDrop(event: DragEvent): void {
    const files = [...(event.dataTransfer?.files ?? [])];
    this.isDropping.set(false);
    if (!files.length) return;
    event.preventDefault();
    void this.composer().add(files);
  }

  protected onPulled(model: string): void {
    this.pulling.set(undefined);
    this.models.reload();
    this.change({ ...this.settings(), model });
    // The question that found no model is asked again.
    if (this.advice()?.missing) this.retry();
  }
}
