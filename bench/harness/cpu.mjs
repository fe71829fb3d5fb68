import process from 'node:process';

/** What this process has spent so far, in ms of user and system time. */
export function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
