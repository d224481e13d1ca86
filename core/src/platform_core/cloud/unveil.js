// The second function of a site with a server, for each answer: gives a 404 of the server
// its status back.
//
// A distribution puts its own page in the place of every 404 of every origin, which is
// right for files and wrong for a server that renders a page of its own. So the server's
// 404 comes here as 200 with a header (platform_core/runtime/guard), and leaves as 404.
function handler(event) {
    const response = event.response;
    if (response.headers['x-platform-status']) {
        delete response.headers['x-platform-status'];
        response.statusCode = 404;
        response.statusDescription = 'Not Found';
    }
    return response;
}
