/** Which array's items are wanted one by one. */
export interface JsonElements {
  /** The keys and indices that lead from the root to the array; none if the root is the array. */
  readonly path: readonly (string | number)[];
  /** Gets each item when it is finished. None is kept: the value has at most the one that is open. */
  readonly onElement: (element: unknown) => void;
}

/** A JSON value that grows at its end, and that can be looked at while it does. */
export interface JsonTree {
  /** Earns what copies cost. To be called for each piece of the text. */
  earn(): void;
  /** The innermost container's next member goes under this key. */
  key(name: string): void;
  /** Adds a member to the innermost container. */
  add(member: unknown): void;
  /** Adds a container, which from now on is the innermost one. */
  open(closer: Frame['closer']): void;
  /** Closes the innermost container. */
  close(): void;
  /** The latest member is a string, and has become longer. */
  replace(member: string): void;
  /** The latest member is finished. Tells whether it was the value itself. */
  finish(): boolean;
  /** Forgets what was opened. */
  clear(): void;
  /** What would close the innermost container. */
  readonly closer: Frame['closer'];
  /** The value so far. What was given out is not touched again. */
  readonly value: unknown;
  /** Whether the value has grown, and enough was earned to copy what of it is open. */
  readonly due: boolean;
}

type Container = Record<string, unknown>;

/** A container that is open. */
interface Frame {
  readonly parent?: Frame;
  readonly depth: number;
  /** Whether the path to the elements leads here. */
  readonly onPath: boolean;
  readonly closer: '}' | ']';
  readonly node: Container;
  /** Where the latest member is, or the next one will be. */
  key: string | number;
  /** What a copy of the node costs. */
  cost: number;
}

// What a copy costs, in slots of an array. V8 takes 0.5 to 1.5 ns for such a slot; some 20 ns for a
// container, and for a member of an object; and for each about ten times as much in arrays of more
// than 16,000 members and objects of more than some hundreds.
const MEMBER = 16;
const CONTAINER = 16;
const LARGE = 4096;
const LARGE_FACTOR = 8;
/** What a piece of the text earns: less time than it takes to parse it and pass it on. */
const EARNED = 512;
/** What there is to begin with: some 10 ms, enough to show 100 kB of ordinary JSON at every piece. */
const GIVEN = 8_000_000;

const isArray = (node: Container): node is unknown[] & Container => Array.isArray(node);

const copy = (node: Container): Container =>
  isArray(node) ? (node.slice() as typeof node) : { ...node };

/** Makes a tree that has no value yet. */
export function createJsonTree(elements?: JsonElements): JsonTree {
  // The value is a member of an object that never closes; its key is empty.
  const path = elements && ['', ...elements.path];
  const root: Frame = { depth: 0, onPath: true, closer: '}', node: {}, key: '', cost: 0 };
  let top = root;
  let value: unknown;
  let grown = false;
  let cost = 0;
  let credit = GIVEN;

  const add = (member: unknown): void => {
    const { node } = top;
    const added = (isArray(node) ? 1 : MEMBER) * (top.cost > LARGE ? LARGE_FACTOR : 1);
    top.cost += added;
    cost += added;
    grown = true;
    if (isArray(node)) {
      top.key = node.push(member) - 1;
    } else {
      // Thus `__proto__` is a key like any other. And V8 makes a hash table of an object that grows by
      // assignment beyond some 20 members, which takes ten times as long to copy.
      Object.defineProperty(node, top.key, {
        value: member,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  };

  return {
    earn() {
      credit += EARNED;
    },
    key(name) {
      top.key = name;
    },
    add,
    open(closer) {
      const node = closer === '}' ? {} : (new Array<unknown>() as unknown[] & Container);
      add(node);
      const onPath = top.onPath && path?.[top.depth] === top.key;
      top = { parent: top, depth: top.depth + 1, onPath, closer, node, key: '', cost: CONTAINER };
      cost += CONTAINER;
    },
    close() {
      cost -= top.cost;
      top = top.parent ?? root;
    },
    replace(member) {
      top.node[top.key] = member;
      grown = true;
    },
    finish() {
      const { node, depth, onPath } = top;
      if (onPath && depth === path?.length && isArray(node)) elements?.onElement(node.pop());
      return top === root;
    },
    clear() {
      top = root;
      cost = 0;
    },
    get closer() {
      return top.closer;
    },
    get value() {
      if (grown) {
        let node = copy(top.node);
        for (let frame = top.parent; frame; frame = frame.parent) {
          const parent = copy(frame.node);
          parent[frame.key] = node;
          node = parent;
        }
        value = node[root.key];
        credit -= cost;
        grown = false;
      }
      return value;
    },
    get due() {
      return grown && cost <= credit;
    },
  };
}
