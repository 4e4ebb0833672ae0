package io.overlaybd.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImageConfigTest {

    private static final String HEX = "0123456789abcdef".repeat(4);

    private static Loaded<ImageConfig> load(String json) throws IOException {
        return ImageConfig.parse("c.json", json.getBytes(StandardCharsets.UTF_8));
    }

    private static ImageConfig parse(String json) throws IOException {
        Loaded<ImageConfig> loaded = load(json);
        assertEquals(List.of(), loaded.warnings());
        return loaded.config();
    }

    private static List<String> problems(String json) {
        return assertThrows(ConfigException.class, () -> load(json)).problems();
    }

    @Test
    void everyKeyOfTheSnapshotterIsKnown() throws IOException {
        ImageConfig config = parse("""
                {"repoBlobUrl": "https://registry-1.docker.io/v2/library/redis/blobs/",
                 "lowers": [
                  {"file": "/opt/overlaybd/baselayers/ext4_64"},
                  {"digest": "sha256:%1$s", "size": 2343, "dir": "/snapshots/2/fs"},
                  {"dir": "/s/3/fs", "file": "/s/3/fs/ext4.fs.meta", "targetDigest": "sha256:%1$s", "gzipIndex": "/g"},
                  {"targetFile": "/s/4/layer.tar", "file": "/s/4/fs/overlaybd.commit"}],
                 "upper": {"index": "/i", "data": "/d", "vsize": 64},
                 "resultFile": "/s/4/block/init-debug.log"}
                """.formatted(HEX));
        assertEquals("https://registry-1.docker.io/v2/library/redis/blobs", config.repoBlobUrl());
        assertEquals(
                List.of(Path.of("/opt/overlaybd/baselayers/ext4_64")),
                config.lowers().get(0).blob().candidates());
        BlobSpec remote = config.lowers().get(1).blob();
        assertEquals("sha256:" + HEX, remote.digest().orElseThrow().toString());
        assertEquals(2343, remote.sizeBytes());
        LayerSpec.TurboOci turbo =
                assertInstanceOf(LayerSpec.TurboOci.class, config.lowers().get(2));
        assertInstanceOf(LayerSpec.Target.Remote.class, turbo.target());
        assertEquals(Optional.of(Path.of("/g")), turbo.gzipIndex());
        LayerSpec.TurboOci local =
                assertInstanceOf(LayerSpec.TurboOci.class, config.lowers().get(3));
        assertEquals(new LayerSpec.Target.Local(Path.of("/s/4/layer.tar")), local.target());
        assertEquals(Path.of("/d"), config.upper().orElseThrow().data());
        assertTrue(config.download().isEmpty());
    }

    @Test
    void candidatesAreInOrderAndAnEmptyDirGivesNone() throws IOException {
        BlobSpec both = parse("{\"lowers\":[{\"file\":\"f\",\"dir\":\"d\"}]}")
                .lowers()
                .get(0)
                .blob();
        assertEquals(
                List.of("f", "d/overlaybd.commit", "d/.commit", "d/overlaybd.sealed"),
                both.candidates().stream().map(Path::toString).toList());
        BlobSpec one = parse("{\"lowers\":[{\"file\":\"f\",\"dir\":\"\"}]}")
                .lowers()
                .get(0)
                .blob();
        assertEquals(List.of(Path.of("f")), one.candidates());
    }

    @Test
    void everyProblemIsReportedWithItsPath() {
        assertEquals(
                List.of(
                        "lowers[3]: expected an object, found null",
                        "lowers[0].file: expected a string, found the number 5",
                        "lowers[2].digest: expected sha256: and 64 lower-case hexadecimal digits, found \"md5:aa\"",
                        "lowers[2].size: expected an unsigned integer, found \"abc\"",
                        "upper.index: expected a string, found true",
                        "accelerationLayer: expected true or false, found \"yes\"",
                        "repoBlobUrl: expected http://<host>/... or https://<host>/..., found something else"),
                problems("""
                        {"repoBlobUrl": "ftp://user:secret@host/x", "accelerationLayer": "yes", "upper": {"index": true},
                         "lowers": [{"file": 5}, {"file": "ok"}, {"dir": "d", "digest": "md5:aa", "size": "abc"}, null]}
                        """));
    }

    @Test
    void oneProblemIsOneLineAndSeveralAreCounted() {
        ConfigException one = assertThrows(ConfigException.class, () -> load("{\"lowers\":[{}]}"));
        assertEquals(
                "c.json: lowers[0]: expected a file, dir or digest that says where the layer is, found none",
                one.getMessage());
        ConfigException two = assertThrows(ConfigException.class, () -> load("{\"lowers\":[{},{}]}"));
        assertTrue(two.getMessage().startsWith("c.json: 2 problems:\n  lowers[0]: "), two.getMessage());
    }

    @Test
    void numbersOutOfRangeAreProblems() {
        for (String size : List.of("-1", "1.0", "1e3", "null", "18446744073709551615", "[]")) {
            List<String> problems = problems("{\"lowers\":[{\"file\":\"f\",\"size\":" + size + "}]}");
            assertEquals(1, problems.size());
            assertTrue(problems.get(0).startsWith("lowers[0].size: expected an unsigned integer"), problems.get(0));
        }
        assertEquals(
                List.of(
                        "download.delay: expected an integer from -2147483648 to 2147483647, found the number 2147483648"),
                problems("{\"lowers\":[{\"file\":\"f\"}],\"download\":{\"delay\":2147483648}}"));
    }

    @Test
    void aRegistryUrlIsNeededOnlyForARemoteLayer() throws IOException {
        String digest = "\"digest\":\"sha256:" + HEX + "\"";
        assertEquals(
                List.of("repoBlobUrl: missing, but needed for lowers[1], which is in a registry"),
                problems("{\"lowers\":[{\"file\":\"f\"},{" + digest + "}]}"));
        parse("{\"lowers\":[{\"dir\":\"d\"," + digest + "}]}");
    }

    @Test
    void anImageWithoutLayersNeedsAnUpper() throws IOException {
        for (String json :
                List.of("{}", "{\"lowers\":[]}", "{\"accelerationLayer\":true,\"lowers\":[{\"dir\":\"d\"}]}")) {
            assertEquals(List.of("lowers: expected at least one layer, or an upper, found none"), problems(json));
        }
        parse("{\"upper\":{\"index\":\"i\",\"data\":\"d\"}}");
    }

    @Test
    void theAccelerationLayerIsNotPartOfTheStack() throws IOException {
        ImageConfig config = parse("{\"accelerationLayer\":true,\"lowers\":[{\"dir\":\"a\"},{\"dir\":\"b\"}]}");
        assertEquals(1, config.lowers().size());
        assertEquals(
                Optional.of(Path.of("b")),
                config.accelerationLayer().orElseThrow().blob().dir());
    }

    @Test
    void anAccelerationLayerExcludesATraceOfItsOwn() {
        assertEquals(
                List.of("recordTracePath: cannot be used together with accelerationLayer; remove one of the two"),
                problems(
                        "{\"accelerationLayer\":true,\"recordTracePath\":\"t\",\"lowers\":[{\"dir\":\"a\"},{\"dir\":\"b\"}]}"));
    }

    @Test
    void aPresentDownloadOverridesEvenIfNull() throws IOException {
        for (String value : List.of("null", "{}")) {
            DownloadConfig download = parse("{\"lowers\":[{\"file\":\"f\"}],\"download\":" + value + "}")
                    .download()
                    .orElseThrow();
            assertEquals(new DownloadConfig(false, 300, 30, 100, 5, 262144), download);
        }
    }

    @Test
    void unknownAndDuplicateKeysAreWarnedOf() throws IOException {
        Loaded<ImageConfig> loaded = load(
                "{\"lowers\":[{\"file\":\"first\",\"file\":\"second\",\"fiel\":1}],\"Upper\":{},\"a b\":{\"c\":1}}");
        assertEquals(
                Optional.of(Path.of("first")),
                loaded.config().lowers().get(0).blob().file());
        assertEquals(
                List.of(
                        "lowers[0].file: stands more than once; the first one counts",
                        "Upper: unknown key, ignored",
                        "[\"a b\"]: unknown key, ignored",
                        "lowers[0].fiel: unknown key, ignored"),
                loaded.warnings());
    }

    @Test
    void halfAnUpperIsWarnedOf() throws IOException {
        Loaded<ImageConfig> loaded = load("{\"lowers\":[{\"file\":\"f\"}],\"upper\":{\"index\":\"i\"}}");
        assertTrue(loaded.config().upper().isEmpty());
        assertEquals(
                List.of("upper: needs both index and data; without one of them the device is read-only"),
                loaded.warnings());
    }

    @Test
    void aPathThatNoFileCanHaveIsAProblem() {
        assertEquals(
                List.of("lowers[0].file: expected a path, found \"a?b\": Nul character not allowed"),
                problems("{\"lowers\":[{\"file\":\"a\\u0000b\"}]}"));
    }

    @Test
    void aThousandLayersAreRead() throws IOException {
        String layers = IntStream.range(0, 1000)
                .mapToObj(i -> "{\"dir\":\"/snapshots/" + i + "/fs\",\"digest\":\"sha256:" + HEX + "\",\"size\":1}")
                .collect(Collectors.joining(","));
        assertEquals(1000, parse("{\"lowers\":[" + layers + "]}").lowers().size());
    }
}
