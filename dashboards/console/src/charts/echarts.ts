import { LineChart } from 'echarts/charts';
import { GridComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

// Only what the console draws; loaded as a chunk of its own by the first chart.
use([LineChart, GridComponent, TooltipComponent, CanvasRenderer]);

export { init };
