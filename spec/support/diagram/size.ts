/** A phone of 390 px shows text of 12 px with more than 9 px. */
export const WIDTH = 480;
export const MARGIN = 14;
