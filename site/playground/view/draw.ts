// Draws what was played, with the shapes, the colors and the words of the diagrams in the documentation.
import { RADIUS } from '../../../spec/support/diagram/blocks.js';
import { path } from '../../../spec/support/diagram/elements.js';
import { drawAxis } from './drawAxis.js';
import { drawBox } from './drawBox.js';
import { drawLegend } from './drawLegend.js';
import type { Point } from './drawHolds.js';
import { drawTrack, type Placed } from './drawTrack.js';
import { toFrame, type View } from './frame.js';
import type { Model } from './model.js';
import { toHandles, type Handle } from './toHandles.js';

/** A picture, and what the page lays over it. */
export interface Drawing extends View {
  readonly content: string;
  readonly height: number;
  readonly handles: readonly Handle[];
  /** Where a time is, in px. */
  readonly x: (at: number) => number;
  readonly msPerPx: number;
  /** Where the rows begin and end, in px. */
  readonly top: number;
  readonly bottom: number;
}

/** Between two rows, and between an operator and what it emitted. */
const GAP = 16;
const BELOW_BOX = 14;

const drawArrow = ({ x, y }: Point, to: number): string =>
  path('link', x, y, x, to) + path('link', x - 3, to - 4, x, to, x + 3, to - 4);

/** Draws a model: the inputs, then each operator with what it emitted, from top to bottom. */
export function draw(model: Model, view: View): Drawing {
  const frame = toFrame(model, view);
  const parts: string[] = [];
  const handles: Handle[] = [];
  // The marker of an unsubscribe stands above the rows.
  const top = model.stopAt === undefined ? 10 : 24;
  let y = top;
  let above: Placed | undefined;

  for (const input of model.inputs) {
    above = drawTrack(input, y, frame);
    parts.push(above.content);
    handles.push(...toHandles(input, above, frame));
    y = above.bottom + GAP;
  }
  for (const stage of model.stages) {
    let arrows: readonly Point[] = [];
    if (stage.call !== undefined) {
      const box = drawBox(stage, above, y, frame);
      parts.push(box.content);
      arrows = box.arrows;
      y += box.height + BELOW_BOX;
    }
    // Its subscribers have rows of their own below.
    above = stage.isShared ? undefined : drawTrack(stage, y, frame);
    if (!above) continue;
    const end = above.y - RADIUS - 5;
    parts.push(...arrows.map((arrow) => drawArrow(arrow, end)), above.content);
    y = above.bottom + GAP;
  }
  const { grid, axis } = drawAxis(top - 4, y, frame);
  const legend = drawLegend(model, y + 26, frame);
  return {
    content: [grid, axis, ...parts, legend.content].join('\n'),
    height: legend.bottom + 8,
    msPerPx: (view.to - view.from) / (frame.right - frame.left),
    ...view,
    ...{ handles, top, bottom: y, x: frame.x },
  };
}
