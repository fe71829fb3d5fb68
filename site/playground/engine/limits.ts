/** Virtual ms after which a run is cut. */
export const MAX_FRAMES = 60_000;
/** Events of all stages together after which a run is cut. */
export const MAX_EVENTS = 20_000;
