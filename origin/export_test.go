package origin

// For tests.
var RegistrableDomain = registrableDomain
