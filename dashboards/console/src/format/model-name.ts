/** Maker and model as one name; many models begin with their maker: `Raspberry Pi` and `Raspberry Pi 5 Model B`. */
export function modelName(manufacturer: string | undefined, model: string | undefined): string {
  if (manufacturer === undefined || model === undefined) return model ?? manufacturer ?? '';
  return model.toLowerCase().startsWith(manufacturer.toLowerCase()) ? model : `${manufacturer} ${model}`;
}
