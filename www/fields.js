// How do the facts of a connection get into the page?

/** The fields that the template called `template` brings into `container`, each written by its name. */
export class Fields {
  #fields = new Map();

  constructor(container, template) {
    container.append(document.getElementById(template).content.cloneNode(true));
    for (const field of container.querySelectorAll("[data-field]")) this.#fields.set(field.dataset.field, field);
  }

  write(name, text) {
    writeText(this.#fields.get(name), text);
  }
}

/** An unchanged text stays as it is: it can be selected, and a live region has nothing to say. */
export function writeText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
