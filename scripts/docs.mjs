// Builds the site of the documentation into .cache/site-dist; with `dev` it serves the site, and follows changes.
import process from 'node:process';
import { prepareSite, runVitePress } from './site.js';

const isDev = process.argv[2] === 'dev';
await prepareSite();
runVitePress(isDev ? 'dev' : 'build');
