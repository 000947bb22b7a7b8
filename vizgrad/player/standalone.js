// The page that is nothing but a player: it opens where its address says, and its address follows.

const payload = JSON.parse(document.getElementById("payload").textContent);
const asked = new URLSearchParams(location.hash.slice(1));
const number = (name) => (/^\d+$/.test(asked.get(name) ?? "") ? Number(asked.get(name)) : null);
const scene = payload.scenes[number("scene") - 1]?.steps ? number("scene") - 1 : payload.scene;
const told = (step, scene) => {
  const many = payload.scenes.length > 1 ? `scene=${scene + 1}&` : "";
  clearTimeout(told.timer);
  told.timer = setTimeout(() => history.replaceState(history.state, "", `#${many}step=${step}`), 200);
};
const opened = { ...payload, scene, step: number("step") ?? payload.step };
mount(document.getElementById("player"), opened, { isAlone: true, onStep: told });
