import { Type } from '#typebox';
import { languages } from '../../../contract/language.ts';
import { PrivacyReport } from '../../../contract/privacy-report.ts';
import { actorOf } from '../../access/identity.ts';
import { privacyPage } from '../../privacy/report/page.ts';
import type { Api } from '../api.ts';
import { addressOf, identityOf } from '../authentication.ts';
import type { HttpDeps } from '../deps.ts';
import { sendPage } from '../raw-answer.ts';

/** Counting a year of measurements on a slow card, or asking a server about two hundred of them, takes this long at most. */
const REPORT_MS = 2 * 60 * 1000;

/** `/privacy/report`: what is kept about people, why, for how long, how much of it, and who looked. */
export function addPrivacyReport(
  app: Api,
  { registry, privacyReports }: Pick<HttpDeps, 'registry' | 'privacyReports'>,
): void {
  app.route({
    method: 'GET',
    url: '/privacy/report',
    config: { role: 'auditor', scope: 'audit', rate: 'costly' },
    exposeHeadRoute: false,
    handlerTimeout: REPORT_MS,
    schema: {
      summary: 'What is kept about people, why, for how long, how much of it, and who looked; as JSON or as a page',
      querystring: Type.Object(
        {
          format: Type.Optional(Type.Enum(['json', 'html'], { description: 'json unless told' })),
          lang: Type.Optional(Type.Enum([...languages], { description: 'of the page; zh-CN unless told' })),
        },
        { additionalProperties: false },
      ),
      response: { 200: PrivacyReport },
      produces: ['application/json', 'text/html; charset=utf-8'],
    },
    handler: async (request, reply) => {
      const { format = 'json', lang = 'zh-CN' } = request.query;
      const report = await privacyReports.make();
      const [actor, address] = [actorOf(identityOf(request)), addressOf(request)];
      registry.audit.record({ actor, address, action: 'privacy.report', target: format, outcome: 'ok' });
      if (format === 'json') return report;
      const day = new Date(report.made_at).toISOString().slice(0, 10);
      sendPage(reply, { html: privacyPage(report, lang), name: `campus-edge-privacy-${report.site}-${day}.html` });
      return reply;
    },
  });
}
