import { openAdmin } from '../../../gateway/admin.ts';
import { openHome } from '../../../runtime/home.ts';

// A second process on the same registry, as the command line is: `admin-writer.ts HOME COUNT` adds COUNT devices and tokens.
const [dir = '', count = ''] = process.argv.slice(2);
const admin = openAdmin(openHome(dir), { now: Date.now, actor: 'cli:tester' });
const passwords: Record<string, string> = {};
for (let n = 0; n < Number(count); n += 1) {
  const device = `added-${n}`;
  passwords[device] = (await admin.addDevice({ site: 'school', device })).password;
  admin.createToken({ name: device, role: 'viewer' });
}
admin.revokeDevice({ site: 'school', device: 'added-0' });
admin.revokeToken('added-0');
admin.close();
process.send?.(passwords);
