/**
 * As much of HTTP as a program on this machine needs to be asked: short requests without a body, one a connection.
 *
 * <p><b>What lives here.</b> {@link io.overlaybd.service.http.HttpListener} listens at a TCP port or a Unix socket, and lets no slow or
 * malicious client take more than a thread for a few seconds; {@link io.overlaybd.service.http.HttpRequest} and {@link
 * io.overlaybd.service.http.HttpAnswer} are what handlers see.
 *
 * <pre>
 *  request = method SP target SP "HTTP/1." DIGIT CRLF *( field CRLF ) CRLF          at most 8 KiB
 *  target  = path [ "?" key [ "=" value ] *( "&amp;" key [ "=" value ] ) ]              percent-encoded
 * </pre>
 *
 * <p><b>What it may import.</b> The JDK. <b>Where to start.</b> {@link io.overlaybd.service.http.HttpListener}.
 */
package io.overlaybd.service.http;
