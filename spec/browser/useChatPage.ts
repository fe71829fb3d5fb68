// A minimal page of React that has `useChat` of the AI SDK, as its users write it. It is bundled, as an app would be.
import { createElement as h, useState, type ReactElement } from 'react';
import { createRoot } from 'react-dom/client';
import { useChat } from '@ai-sdk/react';
import { lastAssistantMessageIsCompleteWithApprovalResponses, type UIMessage } from 'ai';

type Part = UIMessage['parts'][number];

function Chat(): ReactElement {
  const [text, setText] = useState('');
  const { messages, status, error, sendMessage, stop, addToolApprovalResponse } = useChat({
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
  });

  const showPart = (part: Part, place: number): ReactElement => {
    const key = String(place);
    switch (part.type) {
      case 'text':
      case 'reasoning':
        return h('p', { key, className: part.type }, part.text);
      case 'dynamic-tool': {
        const { toolName, state } = part;
        const shown = h('span', null, `${toolName} ${state} ${JSON.stringify(part.output ?? '')}`);
        if (state !== 'approval-requested') return h('p', { key, className: 'tool' }, shown);
        const decide = (approved: boolean) => (): void => {
          void addToolApprovalResponse({ id: part.approval.id, approved });
        };
        return h(
          'p',
          { key, className: 'tool' },
          shown,
          h('button', { id: 'approve', onClick: decide(true) }, 'Approve'),
          h('button', { id: 'deny', onClick: decide(false) }, 'Deny'),
        );
      }
      default:
        return h('i', { key });
    }
  };

  return h(
    'main',
    null,
    h('p', { id: 'status' }, status),
    h('p', { id: 'error' }, error?.message ?? ''),
    messages.map(({ id, role, parts }) =>
      h('section', { key: id, className: role }, parts.map(showPart)),
    ),
    h('input', {
      id: 'box',
      value: text,
      onChange: ({ target }: { target: HTMLInputElement }) => {
        setText(target.value);
      },
    }),
    h('button', { id: 'send', onClick: () => void sendMessage({ text }) }, 'Send'),
    h('button', { id: 'stop', onClick: () => void stop() }, 'Stop'),
  );
}

// The script stands before the body.
document.addEventListener('DOMContentLoaded', () => {
  createRoot(document.body.appendChild(document.createElement('div'))).render(h(Chat));
});
