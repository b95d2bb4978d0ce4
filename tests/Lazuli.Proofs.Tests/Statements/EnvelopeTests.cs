using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Lazuli.Proofs.Tests;

public sealed class EnvelopeTests : IDisposable
{
    private const string Hello = "http://example.com/HelloWorld";

    private readonly EnvelopeSigner _one = EnvelopeSigner.Generate();
    private readonly EnvelopeSigner _two = EnvelopeSigner.Generate();

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
    }

    [Fact]
    public void The_bytes_to_sign_are_those_of_the_specification()
    {
        Assert.Equal("DSSEv1 29 http://example.com/HelloWorld 11 hello world", Encoding.ASCII.GetString(Envelope.SignedBytes(Hello, "hello world"u8)));
        Assert.Equal("DSSEv1 0  0 ", Encoding.ASCII.GetString(Envelope.SignedBytes("", [])));
        Assert.Equal("DSSEv1 2 é 3 €", Encoding.UTF8.GetString(Envelope.SignedBytes("é", "€"u8)));
    }

    [Fact]
    public void The_signature_of_the_specification_holds_by_its_key()
    {
        using ECDsa key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint
            {
                X = Coordinate("46950820868899156662930047687818585632848591499744589407958293238635476079160"),
                Y = Coordinate("5640078356564379163099075877009565129882514886557779369047442380624545832820"),
            },
        });
        using EnvelopeKey verifier = EnvelopeKey.Parse(key.ExportSubjectPublicKeyInfoPem());
        byte[] raw = Convert.FromBase64String("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==");
        string json = $$"""{"payload":"aGVsbG8gd29ybGQ=","payloadType":"{{Hello}}","signatures":[{"sig":"{{Convert.ToBase64String(Der(raw))}}"}]}""";
        EnvelopeResult.Verified verified = Assert.IsType<EnvelopeResult.Verified>(Parse(json).Verify([verifier]));
        Assert.Equal("hello world", Encoding.UTF8.GetString(verified.Payload.Span));
        Assert.Equal(Hello, verified.PayloadType);
        Assert.IsType<EnvelopeResult.Refused>(Parse(json.Replace("aGVsbG8gd29ybGQ=", "aGVsbG8gd29ybGU=", StringComparison.Ordinal)).Verify([verifier]));
    }

    [Fact]
    public void An_envelope_comes_back_from_its_JSON()
    {
        Envelope made = Envelope.Sign(Envelope.InTotoType, "{}"u8, _one, _two);
        Envelope back = Envelope.Parse(made.ToJson());
        Assert.Equal(made.ToJson(), back.ToJson());
        Assert.Equal(made.ToJson(), CanonicalJson.Format(made.ToJson()));
        Assert.Equal([_one.Public, _two.Public], Assert.IsType<EnvelopeResult.Verified>(back.Verify([_one.Public, _two.Public], threshold: 2)).Signers);
    }

    [Fact]
    public void Enough_different_keys_must_have_signed_and_names_of_keys_are_not_believed()
    {
        Envelope twice = Envelope.Sign(Hello, "x"u8, _one, _one);
        Assert.IsType<EnvelopeResult.Verified>(twice.Verify([_one.Public, _two.Public]));
        Assert.IsType<EnvelopeResult.Refused>(twice.Verify([_one.Public, _two.Public], threshold: 2));
        Assert.IsType<EnvelopeResult.Refused>(twice.Verify([_one.Public, _one.Public], threshold: 2));
        Assert.IsType<EnvelopeResult.Refused>(twice.Verify([_two.Public]));
        Assert.IsType<EnvelopeResult.Refused>(twice.Verify([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => twice.Verify([_one.Public], threshold: 0));

        string json = Encoding.UTF8.GetString(Envelope.Sign(Hello, "x"u8, _one).ToJson());
        Assert.IsType<EnvelopeResult.Refused>(Parse(json.Replace(_one.Public.Id, _two.Public.Id, StringComparison.Ordinal)).Verify([_two.Public]));
        Assert.IsType<EnvelopeResult.Verified>(Parse(json.Replace(_one.Public.Id, "anything", StringComparison.Ordinal)).Verify([_one.Public]));
    }

    [Fact]
    public void A_changed_type_or_payload_does_not_verify()
    {
        Envelope made = Envelope.Sign(Hello, "hello world"u8, _one);
        string json = Encoding.UTF8.GetString(made.ToJson());
        Assert.IsType<EnvelopeResult.Verified>(Parse(json).Verify([_one.Public]));
        Assert.IsType<EnvelopeResult.Refused>(Parse(json.Replace("HelloWorld", "HelloWorle", StringComparison.Ordinal)).Verify([_one.Public]));
        Assert.IsType<EnvelopeResult.Refused>(Parse(json.Replace("aGVsbG8gd29ybGQ=", "aGVsbG8gd29ybGU=", StringComparison.Ordinal)).Verify([_one.Public]));

        // The type's end and the payload's beginning cannot be moved.
        Envelope moved = Parse($$"""{"payload":"{{Convert.ToBase64String("d hello world"u8)}}","payloadType":"http://example.com/HelloWorl","signatures":[{"sig":"{{Convert.ToBase64String(made.Signatures[0].Bytes.Span)}}"}]}""");
        Assert.IsType<EnvelopeResult.Refused>(moved.Verify([_one.Public]));
    }

    [Fact]
    public void Bytes_cut_or_changed_anywhere_are_refused_or_say_the_same()
    {
        byte[] json = Envelope.Sign(Hello, "hello world"u8, _one).ToJson();
        for (int length = 0; length < json.Length; length++)
        {
            Assert.Throws<StatementFormatException>(() => Envelope.Parse(json.AsMemory(0, length)));
        }

        for (int bit = 0; bit < json.Length * 8; bit++)
        {
            byte[] changed = [.. json];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                if (Envelope.Parse(changed).Verify([_one.Public]) is EnvelopeResult.Verified verified)
                {
                    Assert.Equal((Hello, "hello world"), (verified.PayloadType, Encoding.UTF8.GetString(verified.Payload.Span))); // a bit of the key's id, say
                }
            }
            catch (StatementFormatException)
            {
                continue;
            }
        }
    }

    [Theory]
    [InlineData("[]", "$")]
    [InlineData("{}", "$.payloadType")]
    [InlineData("""{"payloadType":"","payload":"","signatures":[{"sig":""}]}""", "$.payloadType")]
    [InlineData("""{"payloadType":1,"payload":"","signatures":[{"sig":""}]}""", "$.payloadType")]
    [InlineData("""{"payloadType":"t","payload":"a","signatures":[{"sig":""}]}""", "$.payload")]
    [InlineData("""{"payloadType":"t","payload":" AAAA","signatures":[{"sig":""}]}""", "$.payload")]
    [InlineData("""{"payloadType":"t","payload":"","signatures":[]}""", "$.signatures")]
    [InlineData("""{"payloadType":"t","payload":"","signatures":{}}""", "$.signatures")]
    [InlineData("""{"payloadType":"t","payload":"","signatures":[{}]}""", "$.signatures[0].sig")]
    [InlineData("""{"payloadType":"t","payload":"","signatures":[{"sig":""},{"sig":"?"}]}""", "$.signatures[1].sig")]
    [InlineData("""{"payloadType":"t","payload":"","signatures":[{"sig":"","keyid":7}]}""", "$.signatures[0].keyid")]
    [InlineData("""{"payloadType":"t","payload":"","payload":"AAAA","signatures":[{"sig":""}]}""", "$")]
    public void Refuses_what_is_no_envelope_with_its_place(string json, string path) =>
        Assert.Equal(path, Assert.Throws<StatementFormatException>(() => Parse(json)).Path);

    [Fact]
    public void Limits_and_lenience_are_as_documented()
    {
        string many = string.Join(',', Enumerable.Repeat("""{"sig":"AAAA"}""", 64));
        Envelope most = Parse($$"""{"payloadType":"t","payload":"-_-_","signatures":[{{many}}],"more":1}""");
        Assert.Equal("FBFFBF", Convert.ToHexString(most.Payload.Span));
        Assert.IsType<EnvelopeResult.Refused>(most.Verify([_one.Public])); // bytes that are no signature at all
        Assert.Throws<StatementFormatException>(() => Parse($$"""{"payloadType":"t","payload":"","signatures":[{{many}},{"sig":""}]}"""));
        Assert.Throws<ArgumentException>(() => Envelope.Sign("t", []));
        Assert.Throws<ArgumentException>(() => Envelope.Sign("", [], _one));
    }

    [Fact]
    public void Keys_come_back_from_PEM_and_others_are_refused()
    {
        using EnvelopeSigner back = EnvelopeSigner.Parse(_one.ToPrivatePem());
        Assert.Equal(_one.Public.Id, back.Public.Id);
        Assert.IsType<EnvelopeResult.Verified>(Envelope.Sign("t", "x"u8, back).Verify([_one.Public]));
        Assert.DoesNotContain("PRIVATE", _one.ToString(), StringComparison.Ordinal);

        using ECDsa large = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using RSA rsa = RSA.Create(2048);
        foreach (string pem in (string[])["", "x", _one.ToPrivatePem(), large.ExportSubjectPublicKeyInfoPem(), rsa.ExportSubjectPublicKeyInfoPem(), _one.ToString().Replace("MFk", "MFx", StringComparison.Ordinal), new string('-', 10_000)])
        {
            Assert.Throws<StatementFormatException>(() => EnvelopeKey.Parse(pem));
        }

        Assert.Throws<StatementFormatException>(() => EnvelopeSigner.Parse(_one.ToString()));
        Assert.Throws<StatementFormatException>(() => EnvelopeSigner.Parse(large.ExportPkcs8PrivateKeyPem()));
    }

    [Fact]
    public void A_statement_is_signed_read_and_about_its_digests_only()
    {
        byte[] digest = SHA256.HashData("weights"u8);
        using JsonDocument predicate = JsonDocument.Parse("""{"z":1.50,"a":"x"}""");
        Statement statement = new([StatementSubject.OfSha256("model.safetensors", digest)], "https://example.com/p/v1", predicate.RootElement);
        string json = Encoding.UTF8.GetString(statement.ToJson());
        Assert.Equal($$"""{"_type":"https://in-toto.io/Statement/v1","predicate":{"a":"x","z":1.5},"predicateType":"https://example.com/p/v1","subject":[{"digest":{"sha256":"{{Convert.ToHexStringLower(digest)}}"},"name":"model.safetensors"}]}""", json);

        EnvelopeResult.Verified verified = Assert.IsType<EnvelopeResult.Verified>(Envelope.Sign(Envelope.InTotoType, statement.ToJson(), _one).Verify([_one.Public]));
        Statement back = Statement.Parse(verified.Payload);
        Assert.Equal(statement.ToJson(), back.ToJson());
        Assert.True(back.IsAbout(digest));
        Assert.False(back.IsAbout(SHA256.HashData("other"u8)));
    }

    [Theory]
    [InlineData("{}", "$._type")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v0.1"}""", "$._type")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1"}""", "$.subject")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[]}""", "$.subject")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"a"}]}""", "$.subject[0].digest")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{}}]}""", "$.subject[0].digest")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"AB"}}]}""", "$.subject[0].digest.'sha256'")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"gitCommit":"ab"}}]}""", "$.predicateType")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"gitCommit":"ab"}}],"predicateType":""}""", "$.predicateType")]
    [InlineData("""{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"gitCommit":"ab"}}],"predicateType":"p","predicate":[]}""", "$.predicate")]
    public void Refuses_what_is_no_statement_with_its_place(string json, string path) =>
        Assert.Equal(path, Assert.Throws<StatementFormatException>(() => Statement.Parse(Encoding.UTF8.GetBytes(json))).Path);

    [Fact]
    public void Members_of_a_statement_that_are_not_known_are_ignored()
    {
        Statement statement = Statement.Parse("""{"_type":"https://in-toto.io/Statement/v1","new":[1],"subject":[{"uri":"u","digest":{"gitCommit":"ab"}}],"predicateType":"p"}"""u8.ToArray());
        Assert.Null(statement.Predicate);
        Assert.Null(statement.Subjects[0].Name);
        Assert.Equal("ab", statement.Subjects[0].Digests["gitCommit"]);
    }

    private static Envelope Parse(string json) => Envelope.Parse(Encoding.UTF8.GetBytes(json));

    private static byte[] Coordinate(string decimalNumber)
    {
        byte[] bytes = BigInteger.Parse(decimalNumber, CultureInfo.InvariantCulture).ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }

    /// <summary>The specification's example has r and s side by side; here they are in DER.</summary>
    private static byte[] Der(byte[] raw)
    {
        System.Formats.Asn1.AsnWriter writer = new(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(raw.AsSpan(0, 32), isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(new BigInteger(raw.AsSpan(32), isUnsigned: true, isBigEndian: true));
        }

        return writer.Encode();
    }
}
