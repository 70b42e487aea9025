// A file of its own because the content security policy forbids inline scripts.
if (window.SwaggerUIBundle) {
  window.SwaggerUIBundle({
    url: "/schema/openapi.json",
    dom_id: "#docs",
    deepLinking: true,
    validatorUrl: null, // the default sends the document to a server outside
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
}
