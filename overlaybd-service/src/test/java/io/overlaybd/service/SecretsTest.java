package io.overlaybd.service;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.overlaybd.config.GlobalConfig;
import io.overlaybd.config.ImageConfig;
import io.overlaybd.io.BlockDevice;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.service.LayerFiles.Wrapping;
import io.overlaybd.service.metrics.Exporter;
import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import io.overlaybd.testing.registry.FaultProxy.Request;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets are planted wherever there can be one, the daemon's service is led from failure to failure, and everything that it says
 * is searched: both logs (at DEBUG), result file, exceptions with their causes, metrics, the configuration as text, a dump of the
 * threads.
 */
class SecretsTest {

    private static final String SECRET = "pLaNtEd";
    private static final String USER = SECRET + "-user";
    private static final String PASSWORD = SECRET + "-password";
    private static final byte[] GARBAGE = ("{\"token\":" + SECRET + "-token").getBytes(StandardCharsets.UTF_8);
    private static final String BASE64 =
            Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));

    @TempDir
    Path folder;

    private final FaultProxy registry = FaultProxy.standalone("127.0.0.1");
    private final FaultProxy elsewhere = FaultProxy.standalone("127.0.0.2");
    private final StringWriter said = new StringWriter();
    private byte[] blob;

    @BeforeEach
    void makeLayer() throws IOException {
        byte[] data = new byte[100 * BlockDevice.SECTOR_BYTES];
        new Random(1).nextBytes(data);
        blob = Files.readAllBytes(LayerFiles.write(folder.resolve("layer"), Wrapping.TAR_ZFILE, 100, 0, data));
        Files.writeString(
                folder.resolve("cred.json"),
                "{\"auths\":{\"127.0.0.1\":{},\"" + registry.host() + "\":{\"auth\":\"" + BASE64 + "\"}}}");
        program("echo " + SECRET + "-stdout; echo " + SECRET + "-stderr >&2; exit 3");
    }

    @AfterEach
    void close() {
        registry.close();
        elsewhere.close();
    }

    private void program(String script) throws IOException {
        Path file = Files.writeString(folder.resolve("helper"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Path daemonConfig(String credentials, String more) throws IOException {
        return Files.writeString(folder.resolve("overlaybd.json"), """
                {"logConfig": {"logLevel": 0, "logPath": "%1$s/log"}, "auditPath": "%1$s/audit",
                 "cacheConfig": {"cacheType": "file", "cacheDir": "%1$s/cache"}, "credentialConfig": {%2$s}%3$s}
                """.formatted(folder, credentials, more));
    }

    private Path image(String registryUrl) throws IOException {
        return Files.writeString(
                folder.resolve("config.v1.json"), """
                {"repoBlobUrl": "%s/v2/team/app/blobs", "lowers": [{"digest": "%s", "size": %d}], "resultFile": "%s/result"}
                """.formatted(registryUrl, Digest.of(blob), blob.length, folder));
    }

    private String fileMode() {
        return "\"mode\": \"file\", \"path\": \"" + folder + "/cred.json\"";
    }

    private interface Work {
        void with(DaemonService service) throws Exception;
    }

    /** Runs a daemon and collects all that it says. */
    private void serving(Path config, Work work) throws Exception {
        say(GlobalConfig.read(config).config().toString());
        say(RemoteSettings.of(GlobalConfig.read(config).config())
                .registry()
                .get()
                .toString());
        try (DaemonService service = DaemonService.start(Optional.of(config))) {
            work.with(service);
            say(scrape(service));
            say(Arrays.toString(ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)));
        }
        for (String file : List.of("log", "audit")) {
            say(Files.exists(folder.resolve(file)) ? Files.readString(folder.resolve(file)) : "");
        }
    }

    private static String scrape(DaemonService service) throws Exception {
        try (Exporter exporter = Exporter.start(0, "/metrics", service.images().monitoring())) {
            URI page = URI.create("http://127.0.0.1:" + exporter.port() + "/metrics");
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private void fails(DaemonService service, Path image) throws IOException {
        Throwable failure =
                assertThrows(IOException.class, () -> service.images().open(image));
        failure.printStackTrace(new PrintWriter(said, true));
        say(Files.exists(folder.resolve("result")) ? Files.readString(folder.resolve("result")) : "");
    }

    private void say(String text) {
        said.append(text).append('\n');
    }

    /** What was said holds these words, so that it is known to be the right text, and no secret in any form. */
    private void assertSaid(String... words) {
        String text = said.toString();
        for (String word : words) {
            assertTrue(text.contains(word), () -> "not said: " + word + "\n" + text);
        }
        for (String secret : List.of(SECRET, BASE64, BASE64.substring(0, 12), SECRET.toLowerCase(Locale.ROOT))) {
            text.lines().forEach(line -> assertFalse(line.contains(secret), line));
        }
    }

    private static Fault answer(int status, String... headers) {
        Fault.Answer plain = (Fault.Answer) Fault.status(status, headers);
        return new Fault.Answer(plain.status(), plain.headers(), GARBAGE);
    }

    private Fault challenge() {
        return answer(
                401,
                "WWW-Authenticate",
                "Bearer realm=\"" + registry.url() + "/token?key=" + SECRET
                        + "\",service=\"s\",scope=\"repository:team/app:pull\"");
    }

    @Test
    void refusedPasswordsAndTokensAreNotShown() throws Exception {
        Path image = image(registry.url());
        serving(daemonConfig(fileMode(), ""), service -> {
            registry.always(request -> true, answer(401, "WWW-Authenticate", "Basic realm=\"" + SECRET + "\""));
            fails(service, image);
        });
        assertTrue(
                registry.requests().stream().anyMatch(request -> ("Basic " + BASE64).equals(request.authorization())));
        registry.reset();
        serving(daemonConfig(fileMode(), ""), service -> {
            registry.next(request -> request.path().startsWith("/token"), answer(403), answer(200));
            registry.always(request -> true, challenge());
            fails(service, image);
        });
        assertSaid(
                "the password is refused", "HTTP 403", "get a token for", "cred.json", "overlaybd_registry_requests");
    }

    @Test
    void tokensSignaturesAndBodiesAreNotShown() throws Exception {
        byte[] token = ("{\"token\":\"" + SECRET + "-token\"}").getBytes(StandardCharsets.UTF_8);
        String signed = elsewhere.url() + "/blob?signature=" + SECRET;
        elsewhere.always(request -> true, answer(403));
        serving(daemonConfig(fileMode(), ""), service -> {
            registry.always(request -> request.path().startsWith("/token"), new Fault.Content(token));
            registry.always(request -> !request.isAuthorized(), challenge());
            registry.next(Request::isAuthorized, answer(500), answer(404, "X", SECRET));
            registry.next(Request::isAuthorized, Fault.redirect(307, signed), Fault.redirect(307, signed));
            registry.next(
                    Request::isAuthorized, Fault.redirect(307, "http://" + USER + ":" + PASSWORD + "@127.0.0.2/"));
            registry.always(Request::isAuthorized, Fault.redirect(307, "https://127.0.0.2/%zz?" + SECRET + "=%"));
            for (int i = 0; i < 4; i++) {
                fails(service, image(registry.url()));
            }
        });
        assertTrue(registry.requests().stream()
                .anyMatch(request -> ("Bearer " + SECRET + "-token").equals(request.authorization())));
        assertTrue(elsewhere.count(request -> request.path().contains(SECRET)) > 0);
        assertSaid("HTTP 500; attempt 2", "HTTP 403 from " + elsewhere.url() + "/blob,", "Authentication failed");
    }

    @Test
    void whatHelpersSayIsNotShown() throws Exception {
        Path helper = folder.resolve("helper");
        Files.writeString(folder.resolve("cred.json"), "{\"credsStore\":\"" + helper + "\"}");
        registry.always(request -> true, answer(401, "WWW-Authenticate", "Basic realm=\"r\""));
        serving(daemonConfig(fileMode(), ""), service -> fails(service, image(registry.url())));
        program("echo '{\"Username\":\"" + USER + "\",\"Secret\":\"" + PASSWORD + "\"}'");
        serving(daemonConfig(fileMode(), ""), service -> fails(service, image(registry.url())));
        assertTrue(registry.count(request -> ("Basic " + BASE64).equals(request.authorization())) > 0);
        Files.writeString(folder.resolve("cred.json"), "{\"auths\": {\"x\": " + SECRET);
        serving(daemonConfig(fileMode(), ""), service -> fails(service, image(registry.url())));
        assertSaid(helper + ": failed with exit code 3", "the password is refused", "cred.json: not JSON at line 1");
    }

    @Test
    void credentialServersAndTheirAnswersAreNotShown() throws Exception {
        String url = "http://" + USER + ":" + PASSWORD + "@" + elsewhere.host() + "/auth?key=" + SECRET;
        String mode = "\"mode\": \"http\", \"timeout\": 5, \"path\": \"" + url;
        registry.always(request -> true, answer(401, "WWW-Authenticate", "Basic realm=\"r\""));
        elsewhere.next(request -> true, new Fault.Content(GARBAGE), answer(500), answer(302, "Location", url));
        for (int i = 0; i < 3; i++) {
            serving(daemonConfig(mode + "\"", ""), service -> fails(service, image(registry.url())));
        }
        assertTrue(
                elsewhere.requests().stream().allMatch(request -> request.path().contains(SECRET)));
        serving(daemonConfig(mode + "\"", ""), service -> {
            daemonConfig(
                    mode + "2\"",
                    ",\"p2pConfig\":{\"address\":\"" + url + "\"},\"registryMirrors\":[{\"address\":\"m\","
                            + "\"headers\":[{\"name\":\"X-Key\",\"value\":\"" + SECRET + "\"}]}]");
            service.reload();
        });
        assertSaid(
                elsewhere.url() + "/auth: not JSON at",
                elsewhere.url() + "/auth: expected HTTP 200, found 500",
                "configuration: credentials: CredentialConfig[mode=HTTP",
                "headers=[X-Key]");
    }

    @Test
    void urlsWithPasswordsAndHeadersOfMirrorsAreNotShown() throws Exception {
        String mirrors = ",\"registryMirrors\":[{\"address\":\"" + elsewhere.url()
                + "\",\"headers\":[{\"name\":\"X-Key\"," + "\"value\":\"" + SECRET + "\"}]}]";
        elsewhere.always(request -> true, answer(503));
        serving(daemonConfig(fileMode(), mirrors), service -> {
            Path image = image("http://" + USER + ":" + PASSWORD + "@" + registry.host());
            say(ImageConfig.read(image).config().toString());
            fails(service, image);
            fails(service, image("ftp://" + USER + ":" + PASSWORD + "@h"));
            fails(service, image("http://" + USER + ":" + PASSWORD + "@h h"));
            fails(service, image(registry.url()));
        });
        String refused = ",\"p2pConfig\":{\"enable\":true,\"address\":\"http://h/?key=" + SECRET + "\"}";
        Path config = daemonConfig(fileMode(), refused);
        say(assertThrows(IOException.class, () -> DaemonService.start(Optional.of(config)))
                .toString());
        assertSaid("503", "HTTP 404", "p2pConfig: expected http(s)://", "overlaybd_relay_requests_total");
    }
}
