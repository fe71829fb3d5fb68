// Lengths in px that several pieces of the picture share.

/** Between the picture and its frame. */
export const MARGIN = 14;
/** The labels of rows, where they stand beside them. */
export const GUTTER = 116;
/** From the line of a row to the end of its `|`. */
export const BAR = 16;
/** From one marble of a stack to the next. */
export const STACKED = 27;
