// The page that is nothing but a player: it opens where its address says, and its address follows.

const payload = JSON.parse(document.getElementById("payload").textContent);
const address = new Address("hash");
let isOpen = false;
const player = mount(document.getElementById("player"), address.opened(payload), {
  isAlone: true,
  isEmbedded: address.asked.isEmbedded,
  onStep: (step, scene) => isOpen && address.at(step, scene, payload),
  onPresent: (isPresented) => isOpen && address.presents(isPresented),
});
if (address.asked.isPresented) player.lecture.show(false);
isOpen = true;
