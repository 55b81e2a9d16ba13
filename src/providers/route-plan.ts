import type { ModelDirectory, ModelTarget } from './model-directory';

/**
 * Whom to ask for the default model, in order: for each model (the default one, then its `model_fallbacks`) each provider
 * (the default one, then the fallbacks). A fallback provider with models of its own, in `model_fallbacks` or in its profile,
 * is asked for those instead, once.
 */
export function routePlan(directory: ModelDirectory): ModelTarget[] {
  const { default: first, fallbacks } = directory;
  if (fallbacks.length === 0 && directory.modelFallbacks(first.model).length === 0) return [first];
  const plan = new Map<string, ModelTarget>();
  const add = (target: ModelTarget) => {
    const key = `${target.provider.id}/${target.model}`;
    if (!plan.has(key)) plan.set(key, target);
  };
  for (const model of [first.model, ...directory.modelFallbacks(first.model)]) {
    add(model === first.model ? first : { ...first, model });
    for (const { name, provider, model: profileModel } of fallbacks) {
      const remapped = directory.modelFallbacks(name);
      const own = remapped.length > 0 ? remapped : profileModel ? [profileModel] : [model];
      for (const other of own) add({ provider, model: other });
    }
  }
  return [...plan.values()];
}
