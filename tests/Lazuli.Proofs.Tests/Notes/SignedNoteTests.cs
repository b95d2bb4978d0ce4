using System.Text;
using CsCheck;

namespace Lazuli.Proofs.Tests;

public sealed class SignedNoteTests
{
    private static readonly SignerKey _one = SignerKey.FromSeed("one.example/log", NoteKeyType.Ed25519, Enumerable.Repeat((byte)1, 32).ToArray());
    private static readonly SignerKey _two = SignerKey.FromSeed("two.example/log", NoteKeyType.Ed25519, Enumerable.Repeat((byte)2, 32).ToArray());

    [Fact]
    public void The_specifications_example_verifies()
    {
        VerifierKey key = VerifierKey.Parse(NoteVectors.SpecificationKey);
        SignedNote note = Parse(NoteVectors.SpecificationNote);
        NoteResult.Verified verified = Assert.IsType<NoteResult.Verified>(note.Verify(key));
        Assert.Equal("This is an example message.\n", verified.Text);
        Assert.Equal([key], verified.Signers);
        Assert.Equal(0x530d903au, key.Id);
        Assert.Equal("example.com/foo", key.Name);
        Assert.Equal(NoteVectors.SpecificationKey, key.ToString());
        Assert.Equal(NoteVectors.SpecificationNote, note.ToString());
    }

    [Fact]
    public void The_note_of_Gos_documentation_is_made_to_the_byte()
    {
        SignerKey signer = SignerKey.Parse(NoteVectors.PeterPrivateKey);
        Assert.Equal(NoteVectors.PeterKey, signer.Verifier.ToString());
        Assert.Equal(NoteVectors.PeterPrivateKey, signer.ToPrivateText());
        Assert.Equal(NoteVectors.PeterKey, signer.ToString());
        SignedNote note = SignedNote.Create(NoteVectors.PeterText, signer.Sign(NoteVectors.PeterText));
        Assert.Equal($"{NoteVectors.PeterText}\n{NoteVectors.PeterLine}\n", note.ToString());
        Assert.IsType<NoteResult.Verified>(note.Verify(VerifierKey.Parse(NoteVectors.PeterKey)));
    }

    [Fact]
    public void A_text_may_have_empty_lines()
    {
        const string poem = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n";
        const string line = "\u2014 quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=";
        SignedNote note = Parse($"{poem}\n{line}\n");
        Assert.Equal(poem, note.Text);
        Assert.Equal(line, Assert.Single(note.Signatures).ToString());
        foreach (string text in (string[])["\n", "a\n\n", "\n\n\n", "a\n\nb\n"])
        {
            Assert.Equal(text, Parse(SignedNote.Create(text, _one.Sign(text)).ToString()).Text);
        }
    }

    [Fact]
    public void Unknown_signers_are_ignored_but_a_known_one_that_fails_spoils_the_note()
    {
        const string text = "hello\n";
        SignedNote both = SignedNote.Create(text, _one.Sign(text), _two.Sign(text));
        Assert.Equal([_two.Verifier], Assert.IsType<NoteResult.Verified>(both.Verify(_two.Verifier)).Signers);
        Assert.Equal([_one.Verifier, _two.Verifier], Assert.IsType<NoteResult.Verified>(both.Verify(_two.Verifier, _one.Verifier)).Signers);
        Assert.Equal(NoteFault.NoKnownSigner, Fault(both.Verify(VerifierKey.Parse(NoteVectors.PeterKey))));
        Assert.Equal(NoteFault.NoKnownSigner, Fault(both.Verify()));

        SignedNote spoilt = SignedNote.Create(text, _one.Sign(text), _two.Sign("other\n"));
        Assert.Equal(NoteFault.BadSignature, Fault(spoilt.Verify(_one.Verifier, _two.Verifier)));
        Assert.IsType<NoteResult.Verified>(spoilt.Verify(_one.Verifier));
        Assert.Equal(NoteFault.BadSignature, Fault(SignedNote.Create(text, _one.Sign(text), _one.Sign("other\n")).Verify(_one.Verifier)));
    }

    [Fact]
    public void Nothing_changed_in_a_note_still_verifies()
    {
        byte[] note = Encoding.UTF8.GetBytes(NoteVectors.SpecificationNote);
        VerifierKey key = VerifierKey.Parse(NoteVectors.SpecificationKey);
        for (int bit = 0; bit < note.Length * 8; bit++)
        {
            byte[] changed = [.. note];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(Refused(changed, key), $"bit {bit}");
        }

        for (int length = 0; length < note.Length; length++)
        {
            Assert.True(Refused(note[..length], key), $"{length} bytes");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\n\n")]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\n\u2014 n AAAAAAE=")]
    [InlineData("text\n\n\u2014 n AAAAAAE=\n\n")]
    [InlineData("text\n\n- n AAAAAAE=\n")]
    [InlineData("text\n\n\u2014n AAAAAAE=\n")]
    [InlineData("text\n\n\u2014 n  AAAAAAE=\n")]
    [InlineData("text\n\n\u2014  AAAAAAE=\n")]
    [InlineData("text\n\n\u2014 n+ AAAAAAE=\n")]
    [InlineData("text\n\n\u2014 a\u00a0b AAAAAAE=\n")]
    [InlineData("text\n\n\u2014 n AAAAAA==\n")]
    [InlineData("text\n\n\u2014 n AAAAAAF=\n")]
    [InlineData("text\n\n\u2014 n AAAAAAE\n")]
    [InlineData("text\n\n\u2014 n AAAAAAE= \n")]
    [InlineData("text\r\n\n\u2014 n AAAAAAE=\n")]
    [InlineData("te\u0000xt\n\n\u2014 n AAAAAAE=\n")]
    [InlineData("te\txt\n\n\u2014 n AAAAAAE=\n")]
    public void Refuses_what_is_no_note(string note) => Assert.Throws<NoteFormatException>(() => Parse(note));

    [Fact]
    public void Refuses_bytes_that_are_no_text_and_notes_beyond_the_limits()
    {
        Assert.Contains("UTF-8", Assert.Throws<NoteFormatException>(() => SignedNote.Parse([0xff, .. "\n\n\u2014 n AAAAAAE=\n"u8])).Message, StringComparison.Ordinal);
        Assert.Throws<NoteFormatException>(() => SignedNote.Parse(new byte[SignedNote.LongestNote + 1]));
        string lines = string.Concat(Enumerable.Repeat("\u2014 n AAAAAAE=\n", SignedNote.MostSignatures));
        Assert.Equal(SignedNote.MostSignatures, Parse("text\n\n" + lines).Signatures.Count);
        NoteFormatException more = Assert.Throws<NoteFormatException>(() => Parse("text\n\n" + lines + "\u2014 n AAAAAAE=\n"));
        Assert.Equal(3 + SignedNote.MostSignatures, more.Line);
        Assert.Equal(4, Assert.Throws<NoteFormatException>(() => Parse("text\n\n\u2014 n AAAAAAE=\nx\n")).Line);
    }

    [Fact]
    public void Any_text_is_read_or_refused_and_what_is_read_is_written_alike() =>
        Gen.Char["\n\u2014 ntAE=+a\t"].Array[0, 40].Sample(chars =>
        {
            string note = "t\n\n\u2014 n AAAAAAE=" + new string(chars);
            try
            {
                return Parse(note).ToString() == note;
            }
            catch (NoteFormatException)
            {
                return true;
            }
        }, iter: 20_000);

    [Fact]
    public void Refuses_to_sign_what_could_not_be_read()
    {
        foreach (string text in (string[])["", "no line feed", "tab\t\n", "half\ud800\n"])
        {
            Assert.Throws<ArgumentException>(() => _one.Sign(text));
            Assert.Throws<ArgumentException>(() => SignedNote.Create(text, _one.Sign("x\n")));
        }

        Assert.Throws<ArgumentException>(() => SignedNote.Create("x\n"));
        Assert.Throws<ArgumentException>(() => SignedNote.Create("x\n", [.. Enumerable.Repeat(_one.Sign("x\n"), 101)]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.com/foo")]
    [InlineData("example.com/foo+530d903a")]
    [InlineData("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=")]
    [InlineData("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv")]
    [InlineData(" example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")]
    public void Refuses_what_is_no_verifier_key(string vkey) => Assert.Throws<NoteFormatException>(() => VerifierKey.Parse(vkey));

    [Fact]
    public void A_private_key_is_repeated_neither_by_messages_nor_by_its_text_form()
    {
        string secret = NoteVectors.PeterPrivateKey.Split('+', 5)[4];
        foreach (string bad in (string[])[NoteVectors.PeterPrivateKey[8..], NoteVectors.PeterPrivateKey + "A", NoteVectors.PeterPrivateKey.Replace("c74f20a3", "c74f20a4", StringComparison.Ordinal)])
        {
            Assert.DoesNotContain(secret[..8], Assert.Throws<NoteFormatException>(() => SignerKey.Parse(bad)).Message, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(secret, SignerKey.Parse(NoteVectors.PeterPrivateKey).ToString(), StringComparison.Ordinal);
        Assert.NotEqual(SignerKey.Generate("a", NoteKeyType.Ed25519).ToPrivateText(), SignerKey.Generate("a", NoteKeyType.Ed25519).ToPrivateText());
        Assert.Throws<ArgumentException>(() => SignerKey.Generate("a b", NoteKeyType.Ed25519));
        Assert.Throws<ArgumentException>(() => SignerKey.FromSeed("a", NoteKeyType.Ed25519, new byte[31]));
    }

    private static SignedNote Parse(string note) => SignedNote.Parse(Encoding.UTF8.GetBytes(note));

    private static NoteFault Fault(NoteResult result) => Assert.IsType<NoteResult.Refused>(result).Fault;

    private static bool Refused(byte[] note, VerifierKey key)
    {
        try
        {
            return SignedNote.Parse(note).Verify(key) is NoteResult.Refused;
        }
        catch (NoteFormatException)
        {
            return true;
        }
    }
}
