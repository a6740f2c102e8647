// Shows the description of the API with the vendored Swagger UI; nothing is fetched from outside.
window.addEventListener("load", function () {
  window.SwaggerUIBundle({
    url: "/schema/openapi.json",
    dom_id: "#api",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    validatorUrl: null
  });
});
