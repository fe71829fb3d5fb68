import type { Dot } from './blocks.js';
import type { Box } from './box.js';
import type { Kind } from './values.js';

export interface Text {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** A dot with its label, which is connected to it if it stands lower than others. */
interface Placed extends Dot {
  readonly y: number;
  readonly labels: readonly Text[];
  readonly beside: boolean;
  readonly leader: boolean;
}

/** All that stands at one time in one row. */
export interface Column {
  readonly x: number;
  readonly dots: readonly Placed[];
  readonly completes: boolean;
  readonly ghost: boolean;
  readonly bottom: number;
}

/** A piece of a line. */
export interface Stretch {
  readonly x1: number;
  readonly x2: number;
  /** It begins before the picture, or before this part of it. */
  readonly begun: boolean;
  /** It continues. */
  readonly open: boolean;
}

export interface Row {
  readonly labels: readonly Text[];
  readonly y: number;
  /** While it is subscribed to and has not ended. */
  readonly lives: readonly Stretch[];
  /** What an unsubscribe cut off. */
  readonly ghosts: readonly Stretch[];
  /** The asserted subscriptions, drawn above. */
  readonly spans: readonly Stretch[];
  readonly columns: readonly Column[];
}

/** What one of the shapes means. */
export interface Sign {
  readonly x: number;
  readonly y: number;
  readonly what: Kind | 'span' | 'held' | 'timer' | 'cancelled';
  readonly name: string;
}

/** The rows from one time to another. A long time is wrapped into several systems, like music. */
export interface System {
  readonly top: number;
  readonly rows: readonly Row[];
  readonly boxes: readonly Box[];
  readonly axis: { readonly x1: number; readonly x2: number; readonly y: number };
  /** Every time at which something happens, and its number where there is room. */
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
  /** The middles of the stretches in which time is compressed. */
  readonly breaks: readonly number[];
}

/** Where everything is. */
export interface Layout {
  readonly title: string;
  readonly description: string;
  readonly caption: readonly Text[];
  readonly width: number;
  readonly height: number;
  readonly systems: readonly System[];
  readonly legend: readonly Sign[];
}
