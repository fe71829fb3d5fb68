// VitePress's search box says to screen readers that it is a button, with links inside of the options of its list.
// Here it is a dialog with a combobox, whose options are the links.
import { changeSource } from './changeSource.js';

/** @type {import('./changeSource.js').Changes} */
const CHANGES = [
  [
    `role="button"
      :aria-owns="results?.length ? 'localsearch-list' : undefined"
      aria-expanded="true"
      aria-haspopup="listbox"`,
    'role="dialog" aria-modal="true"',
  ],
  [
    'aria-autocomplete="both"',
    `role="combobox" aria-autocomplete="list" :aria-expanded="results?.length ? 'true' : 'false'"`,
  ],
  [
    `:id="'localsearch-item-' + index"
            :aria-selected="selectedIndex === index ? 'true' : 'false'"
            role="option"`,
    'role="none"',
  ],
  [
    `:aria-label="[...p.titles, p.title].join(' > ')"`,
    `role="option" :id="'localsearch-item-' + index" :aria-selected="selectedIndex === index ? 'true' : 'false'"`,
  ],
  ['<kbd :aria-label', '<kbd role="img" :aria-label'],
];

/** @param {string} code of VitePress's component */
export const toDialog = (code) => changeSource('The search box', CHANGES, code);

/** A plugin of Vite. */
export const searchDialog = () => ({
  name: 'search-dialog',
  enforce: /** @type {const} */ ('pre'),
  /**
   * @param {string} code
   * @param {string} id
   */
  transform: (code, id) => (id.endsWith('/VPLocalSearchBox.vue') ? toDialog(code) : undefined),
});
