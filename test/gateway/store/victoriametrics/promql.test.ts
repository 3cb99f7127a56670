import { describe, expect, it } from 'vitest';
import {
  aggregateExpression,
  escapeLabel,
  fieldSelector,
  quoteString,
  selector,
} from '../../../../gateway/store/victoriametrics/promql.ts';

const query = {
  measurement: 'network',
  field: 'rx_bytes',
  from: 0,
  to: 1,
  aggregate: 'mean' as const,
  groupBy: [],
  limit: 1,
};

describe('PromQL', () => {
  it('quotes and escapes what could break out', () => {
    expect(quoteString('a"b\\\n')).toBe('"a\\"b\\\\\\n"');
    expect(escapeLabel('room, "东"} or up{x')).toMatch(/^[\w\\]/);
    expect(escapeLabel('a-b.1')).toBe('a\\-b\\.1');
    expect(escapeLabel('1st')).toBe('\\1st');
    expect(selector({ device: '"} or {x="', site: undefined })).toBe('{device="\\"} or {x=\\""}');
  });

  it('selects the series of one field and type', () => {
    expect(fieldSelector({ ...query, device: 'a', tags: { interface: 'eth0', measurement: 'x' } }, 'number')).toBe(
      '{__name__="network_rx_bytes",measurement="network",value_type="",interface="eth0",tag_measurement="x",device="a"}',
    );
    expect(fieldSelector(query, 'boolean')).toContain('value_type="boolean"');
  });

  it('aggregates over all series of a group', () => {
    const over = aggregateExpression('mean', ['device', 'a-b'], '{x}')('[1ms]');
    expect(over).toBe(
      'sum by (device, a\\-b) (sum_over_time({x}[1ms])) / sum by (device, a\\-b) (count_over_time({x}[1ms]))',
    );
    expect(aggregateExpression('count', [], '{x}')('[1ms]')).toBe('sum (count_over_time({x}[1ms]))');
  });
});
