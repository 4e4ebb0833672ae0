package io.overlaybd.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Strict JSON to a tree: UTF-8 without byte order mark, no comments, no trailing commas, nothing after the root. Of
 * duplicate keys the first wins and the others are warned of. Depth and number of values are bounded, so that the cost
 * of a hostile file is bounded by its length. Thread-confined, for one document.
 */
final class JsonParsing {

    static final int MAX_DEPTH = 32;
    /** Far above the seven values of a layer times any stack. */
    static final int MAX_VALUES = 200_000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private final String resource;
    private final Report report;
    private int values;

    private JsonParsing(String resource, Report report) {
        this.resource = resource;
        this.report = report;
    }

    /** The root value; a syntax error is thrown alone, with line and column. */
    static Json parse(String resource, byte[] bytes, Report report) throws IOException {
        JsonParsing parsing = new JsonParsing(resource, report);
        try (JsonParser parser = FACTORY.createParser(parsing.decode(bytes))) {
            if (parser.nextToken() == null) {
                throw parsing.syntaxError(1, 1, "expected a JSON object, found nothing");
            }
            Json root = parsing.value(parser, "");
            if (parser.nextToken() != null) {
                JsonLocation at = parser.currentTokenLocation();
                throw parsing.syntaxError(
                        at.getLineNr(), at.getColumnNr(), "expected the end of the file after the first value");
            }
            return root;
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw parsing.syntaxError(
                    at == null ? 1 : at.getLineNr(), at == null ? 1 : at.getColumnNr(), words(e.getOriginalMessage()));
        }
    }

    /** Without what only a programmer of the parser understands. */
    private static String words(String message) {
        int marker = message.indexOf(" (start marker at");
        return marker < 0 ? message : message.substring(0, marker);
    }

    private String decode(byte[] bytes) throws ConfigException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result = decoder.decode(in, out, true);
        String text = out.flip().toString();
        if (result.isError()) {
            int lineStart = text.lastIndexOf('\n') + 1;
            int line = (int) text.chars().filter(c -> c == '\n').count() + 1;
            throw syntaxError(line, text.length() - lineStart + 1, "bytes that are not UTF-8");
        }
        if (text.startsWith("\uFEFF")) {
            throw syntaxError(1, 1, "a byte order mark: save the file as UTF-8 without one");
        }
        return text;
    }

    private Json value(JsonParser parser, String path) throws IOException {
        if (++values > MAX_VALUES) {
            throw new ConfigException(resource, List.of("more than " + MAX_VALUES + " values"));
        }
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> members(parser, path);
            case START_ARRAY -> elements(parser, path);
            case VALUE_STRING -> new Json.Text(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Number(parser.getText());
            case VALUE_TRUE -> new Json.Bool(true);
            case VALUE_FALSE -> new Json.Bool(false);
            case VALUE_NULL -> new Json.Null();
            default -> throw new IllegalStateException("unexpected token " + token);
        };
    }

    private Json members(JsonParser parser, String path) throws IOException {
        Map<String, Json> byKey = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            parser.nextToken();
            String memberPath = ConfigObject.member(path, key);
            if (byKey.containsKey(key)) {
                report.warning(memberPath, "stands more than once; the first one counts");
                parser.skipChildren();
            } else {
                byKey.put(key, value(parser, memberPath));
            }
        }
        return new Json.Members(byKey);
    }

    private Json elements(JsonParser parser, String path) throws IOException {
        List<Json> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser, path + "[" + elements.size() + "]"));
        }
        return new Json.Elements(elements);
    }

    private ConfigException syntaxError(int line, int column, String problem) {
        return new ConfigException(resource, List.of("line " + line + ", column " + column + ": " + problem));
    }
}
