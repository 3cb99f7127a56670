import { parseArgs } from 'node:util';
import { type Footprint, measureFootprint } from './footprint.ts';

/** `npm run bench -- NAME [--json]`: measurements that take minutes and depend on the machine, and so are no tests. */

const usage = `usage: npm run bench -- footprint [--devices 200] [--every-seconds 10] [--seconds 60] [--json]
example: npm run bench -- footprint --seconds 30`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    devices: { type: 'string', default: '200' },
    'every-seconds': { type: 'string', default: '10' },
    seconds: { type: 'string', default: '60' },
    json: { type: 'boolean', default: false },
  },
});

if (positionals[0] !== 'footprint') {
  console.error(usage);
  process.exit(2);
}
const footprint = await measureFootprint({
  devices: Number(values.devices),
  everyMs: Number(values['every-seconds']) * 1000,
  measureMs: Number(values.seconds) * 1000,
});
if (values.json) console.log(JSON.stringify({ bench: 'footprint', ours: footprint }));
else printFootprint(footprint);
process.exit(footprint.stored === footprint.acknowledged ? 0 : 1);

function printFootprint({ processes, ...total }: Footprint): void {
  console.log(
    `${total.devices} devices for ${total.seconds} s: ${total.acknowledged} batches acknowledged, ${total.stored} stored`,
  );
  console.log(`ready ${total.ready_seconds} s after the start`);
  console.table({ ...processes, total: { rss_mb: total.rss_mb, pss_mb: total.pss_mb } });
}
