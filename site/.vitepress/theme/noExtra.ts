/** In place of VitePress's menu for what has no room in the bar: here all of it has. */
export default () => null;
