/** True for root, who alone may make network namespaces (ip-netns(8)). */
export const isRoot = process.getuid?.() === 0;

if (!isRoot) console.warn('skipped: tests in network namespaces need root, run `sudo npm test` for them');
