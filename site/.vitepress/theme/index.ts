import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import './fonts.css';
import './colors.css';
import './code.css';
import './layout.css';
import '../../playground/openLink.css';

export default { extends: DefaultTheme } satisfies Theme;
