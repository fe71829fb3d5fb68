import { describe, expect, it } from '@jest/globals';
import { findTemplateError } from '../../../lib/testing/node/goTemplate.js';

describe('findTemplateError', () => {
  // What Go 1.26 printed.
  it.each([
    ['', undefined],
    ['}}', undefined],
    ['{{ .Prompt }}{{/* { */}}', undefined],
    ['{{- if .System }}{{ range .Messages }}x{{ end }}{{ else }}{{- end }}', undefined],
    ['{{', ':1: unclosed action'],
    ['{{- .x', ':1: unclosed action'],
    ['a\nb{{ .x', ':2: unclosed action'],
    ['{{/* x', ':1: unclosed comment'],
    ['{{ end }}', ':1: unexpected {{end}}'],
    ['{{ if .x }}a', ':1: unexpected EOF'],
    ['\n\n{{ range .x }}\n', ':4: unexpected EOF'],
  ])('says of %j: %s', (template, words) => {
    expect(findTemplateError(template)).toBe(words && `template: ${words}`);
  });
});
