export { httpFetch } from './httpFetch.js';
