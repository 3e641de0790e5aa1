// Runs before everything else: the style sheet knows that JavaScript and modules work here.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
