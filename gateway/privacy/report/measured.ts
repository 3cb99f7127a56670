import type { LocalText } from '../../../contract/alert.ts';
import type { MeasurementSpec, RetentionClass } from '../../../contract/measurement.ts';
import { measurements } from '../../../contract/measurements/index.ts';
import { byDevice, type Holding, type Keeping, type Settings } from './holding.ts';

const specs: readonly MeasurementSpec[] = Object.values(measurements);
const isPersonal = ({ dataClass }: MeasurementSpec): boolean => dataClass === 'personal' || dataClass === 'sensitive';

const inStores: LocalText = {
  en: 'store and mirrors, with averages of a minute and an hour; on the way there in the spool',
  'zh-CN': '数据存储及其镜像，含分钟与小时均值；入库前暂存于缓冲队列',
};
const byClient: LocalText = {
  en: '`privacy erase --client` or `--device`',
  'zh-CN': '`privacy erase --client` 或 `--device`',
};

/** What is measured, by whether it is about people. */
export const measuredHoldings: readonly Holding[] = [
  {
    id: 'device-measurements',
    dataClass: 'internal',
    what: named(
      { en: 'Measurements of devices of the school', 'zh-CN': '学校设备的测量数据' },
      specs.filter((spec) => !isPersonal(spec)),
    ),
    purpose: {
      en: 'to see how the network and its devices are, and to raise alerts',
      'zh-CN': '掌握网络与设备状况并产生告警',
    },
    place: inStores,
    keptFor: (settings) => keptFor(classesOf(specs.filter((spec) => !isPersonal(spec))), settings),
    erasedBy: byDevice,
    measurements: (spec) => spec !== undefined && !isPersonal(spec),
  },
  {
    id: 'client-measurements',
    dataClass: 'personal',
    what: named(
      {
        en: 'Measurements of people’s own devices, which are named by pseudonyms',
        'zh-CN': '个人终端的测量数据，终端以假名标识',
      },
      specs.filter(isPersonal),
    ),
    purpose: {
      en: 'to find out why the network is slow for somebody, without knowing for whom',
      'zh-CN': '在不识别个人身份的前提下查找网络缓慢的原因',
    },
    place: inStores,
    keptFor: (settings) => keptFor(specs.some(isPersonal) ? classesOf(specs.filter(isPersonal)) : ['client'], settings),
    erasedBy: byClient,
    measurements: (spec) => spec !== undefined && isPersonal(spec),
  },
  {
    id: 'other-measurements',
    dataClass: 'personal',
    what: {
      en: 'Measurements that other programs send, in which MAC addresses that are not plainly of infrastructure are replaced by pseudonyms',
      'zh-CN': '其他程序上报的测量数据；其中不能明确判定为基础设施的 MAC 地址已替换为假名',
    },
    purpose: {
      en: 'what the school has such a program for',
      'zh-CN': '学校部署该程序的目的',
    },
    place: inStores,
    keptFor: (settings) => keptFor(['metrics'], settings),
    erasedBy: byClient,
    measurements: (spec) => spec === undefined,
  },
];

function named({ en, 'zh-CN': zh }: LocalText, of: readonly MeasurementSpec[]): LocalText {
  const names = of.map(({ name }) => name).join(', ');
  return names === ''
    ? { en: `${en}: there are none in this version`, 'zh-CN': `${zh}：本版本没有此类数据` }
    : { en: `${en}: ${names}`, 'zh-CN': `${zh}：${names}` };
}

function classesOf(of: readonly MeasurementSpec[]): RetentionClass[] {
  return [...new Set(of.map(({ retention }) => retention))];
}

/** As `gateway/store/retention.ts` does it: averages of people's own devices go when the points do. */
function keptFor(classes: readonly RetentionClass[], { retention }: Settings): Keeping {
  const { metrics_days, client_days, security_days, minutes_days, hours_days } = retention;
  const points = { metrics: metrics_days, client: client_days, security: security_days };
  const keepings = classes.map((kind): Keeping => {
    const days = points[kind];
    if (kind === 'client') {
      return { days, text: { en: `${days} days, averages too`, 'zh-CN': `${days} 天，均值相同` } };
    }
    const [minutes, hours] = [Math.max(days, minutes_days), Math.max(days, hours_days)];
    return {
      days: Math.max(minutes, hours),
      text: {
        en: `points ${days} days, averages of a minute ${minutes} days, of an hour ${hours} days`,
        'zh-CN': `数据点 ${days} 天，分钟均值 ${minutes} 天，小时均值 ${hours} 天`,
      },
    };
  });
  return {
    days: Math.max(...keepings.map(({ days = 0 }) => days)),
    text: {
      en: keepings.map(({ text }) => text.en).join('; '),
      'zh-CN': keepings.map(({ text }) => text['zh-CN']).join('；'),
    },
  };
}
