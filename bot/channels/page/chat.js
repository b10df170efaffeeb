// The chat page: talks to the web channel and draws what it answers (contract W2 of the design).
// What people or the server write becomes text, never HTML. The session's token lives in a
// variable of this script and nowhere else, so nothing is left once the page is gone.
'use strict';

(() => {
  const CHANNEL = '/webhooks/webchat/';
  const ANSWER_WITHIN_MS = 20000;
  const SHOW_WAITING_AFTER_MS = 300;
  const LEAVE_KEY_PRESSES = 3;
  const LEAVE_KEY_WITHIN_MS = 5000;

  const SENTENCES = {
    waiting: 'Writing an answer…',
    unreachable: 'I cannot reach the helper program. Please check your connection and try again. '
      + 'In danger now? Call the police or an ambulance.',
    ended: 'The chat before this one is over, and I kept nothing of it. This is a new chat.',
    erased: 'Erased. This is a new chat.',
  };
  const WEIGHT = { emergency: 'Get help now', safety: 'Important' };

  const [leaveLink, eraseButton, log, waiting, form, input] = [
    'leave', 'erase', 'log', 'waiting', 'write', 'text',
  ].map((id) => document.getElementById(id));

  let token = null;
  let turn = null; // the AbortController of the turn under way
  let cameFrom = Object.fromEntries(
    [...new URLSearchParams(location.search)]
      .filter(([name]) => /^(entry|country|language)$/.test(name)),
  );

  // --- The web channel ---

  class Refusal extends Error {
    constructor(status, detail) {
      super(detail);
      this.status = status;
    }
  }

  async function post(path, body, signal) {
    const request = { ...options('POST'), body: JSON.stringify(body), signal };
    const response = await fetch(CHANNEL + path, request);
    const answer = await response.json();
    if (!response.ok) throw new Refusal(response.status, answer.detail);
    return answer;
  }

  function options(method) {
    const headers = { 'Content-Type': 'application/json' };
    if (token) headers.Authorization = `Bearer ${token}`;
    return {
      method, headers, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
    };
  }

  async function openSession(signal) {
    try {
      const answer = await post('session', cameFrom, signal);
      token = answer.token;
      return answer.messages;
    } catch (error) {
      // A link to this page with a mistyped ?country= must not keep anyone out.
      if (error.status !== 422 || !Object.keys(cameFrom).length) throw error;
      cameFrom = {};
      return openSession(signal);
    }
  }

  // Ends the session here and on the server; the request outlives the page.
  function forget() {
    if (turn) turn.abort();
    turn = null;
    if (token) {
      fetch(CHANNEL + 'session', { ...options('DELETE'), keepalive: true }).catch(() => {});
    }
    token = null;
    log.replaceChildren();
    input.value = '';
    waiting.textContent = '';
  }

  // --- Turns ---

  // Sends a message, {text} or {choice}, and draws the answer. With null, only opens a session.
  async function takeTurn(message) {
    const mine = new AbortController();
    turn = mine;
    const deadline = setTimeout(() => mine.abort(), ANSWER_WITHIN_MS);
    const patience = setTimeout(() => {
      waiting.textContent = SENTENCES.waiting;
    }, SHOW_WAITING_AFTER_MS);
    let failure = null;
    try {
      if (!token) draw(await openSession(mine.signal));
      if (message) draw((await post('messages', message, mine.signal)).messages);
    } catch (error) {
      failure = error;
    }
    clearTimeout(deadline);
    clearTimeout(patience);
    if (turn !== mine) return; // erased or left meanwhile
    turn = null;
    waiting.textContent = '';
    if (failure) explain(failure, message);
  }

  function explain(error, message) {
    if (error.status === 401 && token) {
      token = null;
      note(SENTENCES.ended);
      // Words count in the new session too; a choice belongs to the old one.
      takeTurn(message && message.text ? message : null);
      return;
    }
    const sentence = note((error.status && error.message) || SENTENCES.unreachable);
    const final = error.status >= 400 && error.status < 500 && error.status !== 429;
    if (final) return;
    sentence.append(button('Try again', () => {
      if (turn) return;
      sentence.remove();
      (log.lastElementChild || log).focus();
      takeTurn(message);
    }));
  }

  function send(message, words) {
    for (const choices of log.querySelectorAll('.choices')) choices.remove();
    for (const alert of log.querySelectorAll('[role=alert]')) alert.removeAttribute('role');
    const own = bubble('own', 'You:', words);
    own.translate = false; // keeps a browser's translation service from sending it away
    log.append(own);
    own.scrollIntoView({ block: 'nearest' });
    takeTurn(message);
    return own;
  }

  // --- Drawing ---

  function make(tag, text = '', className = '') {
    const element = document.createElement(tag);
    element.textContent = text;
    element.dir = 'auto'; // right to left where its first letters are
    if (className) element.className = className;
    return element;
  }

  function button(label, action) {
    const element = make('button', label);
    element.type = 'button';
    element.addEventListener('click', action);
    return element;
  }

  function bubble(className, speaker, words) {
    const element = make('div', '', `message ${className}`);
    element.tabIndex = -1;
    element.append(make('span', speaker, 'for-screen-readers'), make('p', words));
    return element;
  }

  function note(words) {
    const element = bubble('note', 'About this page:', words);
    log.append(element);
    element.scrollIntoView({ block: 'nearest' });
    return element;
  }

  // Shows an answer from its first words on: a long list of services must not push them away.
  function draw(messages) {
    const question = log.lastElementChild;
    const answer = messages.map(drawMessage);
    log.append(...answer);
    if (!question || !answer.length) return;
    const top = question.offsetHeight < window.innerHeight / 4 ? question : answer[0];
    top.scrollIntoView({ block: 'start' });
  }

  function drawMessage(message) {
    const weight = WEIGHT[message.kind];
    const element = bubble(`from-helper ${weight ? message.kind : ''}`, 'Helper:', message.text);
    if (weight) {
      element.setAttribute('role', 'alert');
      element.prepend(make('strong', weight));
    }
    element.append(...(message.services || []).map(drawService));
    if (message.choices && message.choices.length) element.append(drawChoices(message.choices));
    return element;
  }

  function drawChoices(choices) {
    const group = make('div', '', 'choices');
    group.setAttribute('role', 'group');
    group.setAttribute('aria-label', 'Answers you can choose');
    group.append(...choices.map(({ id, label }) => button(label, () => {
      // The choice goes away; from the person's bubble, the next Tab leads into the answer.
      if (!turn) send({ choice: id }, label).focus();
    })));
    return group;
  }

  function drawService(service) {
    const card = make('article', '', 'service');
    card.append(make('h2', service.name));
    if (service.organization && service.organization !== service.name) {
      card.append(make('p', service.organization, 'organization'));
    }
    if (service.description) card.append(make('p', service.description));
    const ways = waysToContact(service);
    if (ways.length) card.append(list('ways', ways));
    const facts = factsAbout(service).map(([text, className]) => make('span', text, className));
    if (facts.length) card.append(list('facts', facts));
    const checked = service.verified_on && `Checked on ${day(service.verified_on)}.`;
    const demo = service.demo && 'Demonstration data. Check before use.';
    const notice = [checked, demo].filter(Boolean).join(' ');
    if (notice) card.append(make('p', notice, 'checked'));
    return card;
  }

  function list(className, elements) {
    const ul = make('ul', '', className);
    // Safari forgets that a list without bullets is a list.
    ul.setAttribute('role', 'list');
    for (const element of elements) ul.appendChild(make('li')).append(element);
    return ul;
  }

  function waysToContact(service) {
    const ways = (service.phones || []).map(({ number, display }) => (
      contact(`Call ${display || number}`, dialled('tel:', number), 'call')
    ));
    if (service.sms) ways.push(contact(`Text ${service.sms}`, dialled('sms:', service.sms)));
    if (service.whatsapp) {
      ways.push(contact(`WhatsApp ${service.whatsapp}`, whatsAppAddress(service.whatsapp)));
    }
    if (service.chat_url) ways.push(contact('Chat with them', webAddress(service.chat_url)));
    if (service.website) ways.push(contact('Website', webAddress(service.website)));
    if (service.email) ways.push(contact(`Email ${service.email}`, mailAddress(service.email)));
    return ways.filter(Boolean);
  }

  // A link, or the same words as text where the address is not one we would open.
  function contact(words, address, className = '') {
    if (!address) return /\d|@/.test(words) ? make('span', words) : null;
    const link = make('a', words, className);
    link.href = address;
    if (address.startsWith('http')) {
      link.target = '_blank';
      link.rel = 'noopener noreferrer';
      if (!words.startsWith('WhatsApp')) link.append(make('small', new URL(address).host));
    }
    return link;
  }

  function dialled(scheme, number) {
    const digits = number.replace(/[^\d+*#]/g, '');
    return /\d/.test(digits) ? scheme + digits.replace(/#/g, '%23') : null;
  }

  // wa.me takes international numbers only: a national one would reach a stranger.
  function whatsAppAddress(number) {
    return number.startsWith('+') ? `https://wa.me/${number.replace(/\D/g, '')}` : null;
  }

  function webAddress(address) {
    try {
      const url = new URL(address);
      return /^https?:$/.test(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  }

  function mailAddress(address) {
    return /^[^\s@?&%]+@[^\s@?&%]+$/.test(address) ? `mailto:${address}` : null;
  }

  function factsAbout(service) {
    return [
      openFact(service),
      service.hours && [`Hours: ${service.hours}`],
      (service.languages || []).length > 0
        && [`Languages: ${service.languages.map(languageName).join(', ')}`],
      service.free === true && ['Free'],
      service.free === false && ['Not free'],
      service.anonymous === true && ['You do not have to say who you are'],
      service.anonymous === false && ['They ask who you are'],
    ].filter(Boolean);
  }

  function openFact(service) {
    if (service.open_now === true) return ['Open now', 'open'];
    if (service.opens_at) return [`Closed now. Opens ${moment(service.opens_at)}`];
    return service.open_now === false && ['Closed now'];
  }

  function languageName(code) {
    try {
      return new Intl.DisplayNames(['en'], { type: 'language' }).of(code);
    } catch {
      return code;
    }
  }

  function day(date) {
    return new Date(`${date}T00:00`).toLocaleDateString('en-GB', { dateStyle: 'long' });
  }

  // A browser that hides where it is, such as Tor Browser, says UTC: not the person's time.
  function moment(time) {
    const hidden = /UTC/.test(Intl.DateTimeFormat().resolvedOptions().timeZone);
    const shown = new Date(time).toLocaleString('en-GB', {
      weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit',
    });
    return `${shown} ${hidden ? 'UTC' : 'your time'}`;
  }

  // --- Leaving and erasing ---

  function leave() {
    document.documentElement.classList.add('left'); // blank at once, however slow the network is
    forget();
    location.replace(leaveLink.href);
  }

  let presses = [];
  let shiftAlone = false;

  function watchKeyDown(event) {
    if (event.repeat) return;
    shiftAlone = event.key === 'Shift';
    if (!shiftAlone) presses = [];
  }

  // Shift counts when it is let go with no other key in between, so capital letters do not.
  function watchKeyUp(event) {
    if (event.key !== 'Shift' || !shiftAlone) return;
    const now = event.timeStamp;
    presses = [...presses, now].filter((at) => now - at < LEAVE_KEY_WITHIN_MS);
    if (presses.length >= LEAVE_KEY_PRESSES) leave();
  }

  function sendWords(event) {
    event.preventDefault();
    const text = input.value.trim();
    if (!text) input.focus();
    if (!text || turn) return; // meanwhile the words stay in the box
    input.value = '';
    send({ text }, text);
  }

  function begin() {
    document.documentElement.classList.remove('left');
    takeTurn(null);
  }

  leaveLink.addEventListener('click', (event) => {
    event.preventDefault();
    leave();
  });
  eraseButton.addEventListener('click', () => {
    forget();
    note(SENTENCES.erased);
    begin();
  });
  form.addEventListener('submit', sendWords);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) sendWords(event);
  });
  window.addEventListener('keydown', watchKeyDown, true);
  window.addEventListener('keyup', watchKeyUp, true);
  // Closing the page forgets too. A browser may keep a page for its Back button: it starts afresh.
  window.addEventListener('pagehide', forget);
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) begin();
  });

  document.getElementById('late').remove();
  for (const hidden of document.querySelectorAll('[hidden]')) hidden.hidden = false;
  begin();
})();
