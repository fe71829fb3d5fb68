import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline';

/** What is typed at a prompt, until Ctrl-D or Ctrl-C. */
export async function* promptForQuestions(prompt: string): AsyncGenerator<string> {
  let history: string[] = [];
  const ask = () =>
    new Promise<string | undefined>((resolve) => {
      // A new one for each question: in between, the keys are not its business.
      const line = createInterface({ input: stdin, output: stdout, history });
      line.on('history', (lines) => (history = lines));
      line.on('SIGINT', () => {
        process.exitCode = 130;
        line.close();
      });
      line.on('close', () => {
        resolve(undefined);
      });
      line.question(prompt, (text) => {
        resolve(text.trim());
        line.close();
      });
    });
  for (let question; (question = await ask()) !== undefined;) {
    if (/^(?:exit|quit|bye)$/i.test(question)) return;
    if (question) yield question;
  }
  stdout.write('\n');
}

/** The lines of a file or of another program's output; where there are none, what stands in for them. */
export async function* readQuestions(replace: () => string): AsyncGenerator<string> {
  let none = true;
  for await (const line of createInterface({ input: stdin })) {
    if (!line.trim()) continue;
    none = false;
    yield line.trim();
  }
  if (none) yield replace();
}
