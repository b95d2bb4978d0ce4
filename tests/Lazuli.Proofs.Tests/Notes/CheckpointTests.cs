using System.Text;
using CsCheck;

namespace Lazuli.Proofs.Tests;

public sealed class CheckpointTests
{
    private const string Root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    private static readonly SignerKey _log = SignerKey.FromSeed("log.example/a", NoteKeyType.Ed25519, Enumerable.Repeat((byte)3, 32).ToArray());
    private static readonly SignerKey _witness = SignerKey.FromSeed("witness.example/w", NoteKeyType.CosignatureV1, Enumerable.Repeat((byte)4, 32).ToArray());
    private static readonly MerkleTree _tree = Grow(80);

    [Fact]
    public void The_specifications_example_is_read()
    {
        SignedNote note = SignedNote.Parse(Encoding.UTF8.GetBytes(NoteVectors.Cosigned));
        Checkpoint checkpoint = Checkpoint.Parse(note.Text);
        Assert.Equal(("example.com/behind-the-sofa", 20_852_163, Root), (checkpoint.Origin, checkpoint.Size, checkpoint.Root.ToBase64()));
        Assert.Empty(checkpoint.Extensions);
        Assert.Equal(note.Text, checkpoint.ToString());
        Assert.False(Cosignature.TryReadTime(note.Signatures[0], out _));
        Assert.True(Cosignature.TryReadTime(note.Signatures[1], out long time));
        Assert.Equal(1_679_315_147, time);
        Assert.Equal("cosignature/v1\ntime 1679315147\n" + note.Text, Encoding.UTF8.GetString(Cosignature.SignedBytes(time, note.Text)));
        Assert.Equal(NoteVectors.Cosigned, note.ToString());
    }

    [Theory] // checkpoints that the Go checksum database signed and others published
    [InlineData(756_113, "k9nFMBuXq8uk+9SQNxs/Vadri2XDkaoo96u4uMa0qE0=", "Az3grgIHxiDLRpsKUElIX5vJMlFS79SqfQDSgHQmON922lNdJ5zxF8SSPPcah3jhIkpG8LSKNaWXiy7IldOSDCt4Pwk=")]
    [InlineData(6_476_701, "mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=", "Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=")]
    [InlineData(10_680_630, "k1UQFwFXWQa7MF1BREWVQxIhScvUdgRepXuyRS3sRuE=", "Az3grqgyWctiMcdUtITQpkGSxEoEvbaAq7J3FpbaVlW1Zo47LX/jmeeE7LiBktpmR2d/1RsdocLU9HMXYXxHCVyf/AQ=")]
    [InlineData(52_544_510, "+TGlZfnTizQCJgyZR56QixD8+X4dd8Wefy8U1w6k0Ig=", "Az3grn6d1PSjcypDf9bfcFVU5fvJB7VkLc0MAbz8jqeQVnSbAj9pKcsB5dJt5VdswPDUtiFar5LPRBu+uEQAT1CDfAc=")]
    public void Checkpoints_of_a_log_in_service_verify(long size, string root, string signature)
    {
        VerifierKey key = VerifierKey.Parse("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");
        byte[] note = Encoding.UTF8.GetBytes($"go.sum database tree\n{size}\n{root}\n\n\u2014 sum.golang.org {signature}\n");
        Checkpoint checkpoint = Checkpoint.Parse(Assert.IsType<NoteResult.Verified>(SignedNote.Parse(note).Verify(key)).Text);
        Assert.Equal((size, root), (checkpoint.Size, checkpoint.Root.ToBase64()));
        Assert.IsType<CheckpointResult.Refused>(Checkpoint.Open(note, key)); // that log's key is not called as its origin, which ours must be
        byte[] other = Encoding.UTF8.GetBytes($"go.sum database tree\n{size + 1}\n{root}\n\n\u2014 sum.golang.org {signature}\n");
        Assert.IsType<NoteResult.Refused>(SignedNote.Parse(other).Verify(key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("o\n1\n")]
    [InlineData("o\n1\n" + Root)]
    [InlineData("\n1\n" + Root + "\n")]
    [InlineData("o\n\n" + Root + "\n")]
    [InlineData("o\n01\n" + Root + "\n")]
    [InlineData("o\n+1\n" + Root + "\n")]
    [InlineData("o\n-1\n" + Root + "\n")]
    [InlineData("o\n1 \n" + Root + "\n")]
    [InlineData("o\n1.0\n" + Root + "\n")]
    [InlineData("o\n٣\n" + Root + "\n")]
    [InlineData("o\n9223372036854775808\n" + Root + "\n")]
    [InlineData("o\n0\n" + Root + "\n")]
    [InlineData("o\n1\n" + Root + "=\n")]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n")]
    [InlineData("o\n1\nAAAA\n")]
    [InlineData("o\n1\n" + Root + "\n\n")]
    [InlineData("o\n1\n" + Root + "\n\nx\n")]
    [InlineData("o\r\n1\r\n" + Root + "\r\n")]
    public void Refuses_what_is_no_checkpoint(string text) => Assert.Throws<NoteFormatException>(() => Checkpoint.Parse(text));

    [Fact]
    public void A_checkpoint_comes_back_from_its_text() =>
        Gen.Select(Gen.Long[1, long.MaxValue], Gen.Byte.Array[32], Gen.Char["abc /é€"].Array[1, 10].Array[0, 4]).Sample((size, root, extensions) =>
        {
            Checkpoint checkpoint = new("log.example", size, new MerkleHash(root), [.. extensions.Select(e => new string(e))]);
            Checkpoint back = Checkpoint.Parse(checkpoint.ToString());
            return back.Size == size && back.Root == checkpoint.Root && back.Extensions.SequenceEqual(checkpoint.Extensions) && back.ToString() == checkpoint.ToString();
        }, iter: 1000);

    [Fact]
    public void A_checkpoint_opens_with_the_logs_own_signature_only()
    {
        Checkpoint checkpoint = At(40);
        string text = checkpoint.ToString();
        SignedNote signed = SignedNote.Create(text, _log.Sign(text));
        Assert.Equal(40, Assert.IsType<CheckpointResult.Opened>(Checkpoint.Open(signed.ToUtf8(), _log.Verifier)).Checkpoint.Size);

        SignedNote witnessed = signed.With(_witness.Cosign(checkpoint, DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000)));
        Assert.IsType<CheckpointResult.Opened>(Checkpoint.Open(witnessed.ToUtf8(), _log.Verifier, _witness.Verifier));
        SignedNote witnessOnly = SignedNote.Create(text, witnessed.Signatures[1]);
        Assert.Contains("own key", Assert.IsType<CheckpointResult.Refused>(Checkpoint.Open(witnessOnly.ToUtf8(), _log.Verifier, _witness.Verifier)).Reason, StringComparison.Ordinal);

        string other = new Checkpoint("log.example/b", 40, _tree.RootAt(40)).ToString();
        Assert.Contains("log.example/b", Assert.IsType<CheckpointResult.Refused>(Checkpoint.Open(SignedNote.Create(other, _log.Sign(other)).ToUtf8(), _log.Verifier)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cosignature_holds_for_its_time_and_text_only()
    {
        Checkpoint checkpoint = At(40);
        NoteSignature made = _witness.Cosign(checkpoint, DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000));
        Assert.True(Cosignature.TryReadTime(made, out long time));
        Assert.Equal(1_700_000_000, time);
        Assert.True(_witness.Verifier.Verify(checkpoint.ToString(), made));
        Assert.False(_witness.Verifier.Verify(At(41).ToString(), made));
        for (int bit = 0; bit < made.Bytes.Length * 8; bit++)
        {
            byte[] changed = made.Bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(_witness.Verifier.Verify(checkpoint.ToString(), new NoteSignature(made.KeyName, made.KeyId, changed)), $"bit {bit}");
        }

        SignerKey same = SignerKey.FromSeed(_witness.Verifier.Name, NoteKeyType.Ed25519, Enumerable.Repeat((byte)4, 32).ToArray());
        Assert.NotEqual(same.Verifier.Id, _witness.Verifier.Id);
        Assert.Throws<InvalidOperationException>(() => same.Cosign(checkpoint, DateTimeOffset.UnixEpoch));
        Assert.Throws<InvalidOperationException>(() => _witness.Sign(checkpoint.ToString()));
        Assert.Throws<ArgumentOutOfRangeException>(() => _witness.Cosign(checkpoint, DateTimeOffset.UnixEpoch.AddSeconds(-1)));
    }

    [Fact]
    public void A_log_may_sign_what_grew_from_what_it_signed()
    {
        for (int old = 0; old <= 80; old += 7)
        {
            for (int size = old; size <= 80; size += 3)
            {
                Assert.IsType<SigningDecision.MaySign>(CheckpointGuard.Decide(At(old), At(size), _tree.ProveConsistency(old, size)));
            }
        }

        Assert.IsType<SigningDecision.MaySign>(CheckpointGuard.Decide(null, At(0), []));
        Assert.IsType<SigningDecision.MaySign>(CheckpointGuard.Decide(null, At(9), []));
    }

    [Fact]
    public void A_log_never_signs_a_smaller_or_another_tree() =>
        Gen.Select(Gen.Int[1, 80], Gen.Int[1, 80], Gen.Int[0, 79]).Sample((a, b, at) =>
        {
            (int old, int size) = (Math.Min(a, b), Math.Max(a, b));
            if (old != size)
            {
                Assert.Equal(SigningFault.SmallerTree, Fault(CheckpointGuard.Decide(At(size), At(old), _tree.ProveConsistency(old, size))));
            }

            MerkleTree forked = Grow(80, changed: at % old);
            Checkpoint fork = new(_log.Verifier.Name, size, forked.RootAt(size));
            Assert.Equal(SigningFault.NotConsistent, Fault(CheckpointGuard.Decide(At(old), fork, forked.ProveConsistency(old, size))));
            Assert.Equal(SigningFault.NotConsistent, Fault(CheckpointGuard.Decide(At(old), fork, _tree.ProveConsistency(old, size))));
            Assert.Equal(SigningFault.OtherLog, Fault(CheckpointGuard.Decide(At(old), new Checkpoint("log.example/b", size, _tree.RootAt(size)), _tree.ProveConsistency(old, size))));
        }, iter: 300);

    [Fact]
    public void A_receipt_shows_that_the_log_holds_an_entry_and_nothing_else()
    {
        string text = At(70).ToString();
        SignedNote note = SignedNote.Create(text, _log.Sign(text));
        LogReceipt receipt = new(33, _tree.ProveInclusion(33, 70), note, "more"u8.ToArray());
        string written = receipt.ToString();
        Assert.StartsWith("c2sp.org/tlog-proof@v1\nextra bW9yZQ==\nindex 33\n", written, StringComparison.Ordinal);
        LogReceipt back = LogReceipt.Parse(Encoding.UTF8.GetBytes(written));
        Assert.Equal(written, back.ToString());
        Assert.Equal("more"u8.ToArray(), back.Extra!.Value.ToArray());
        Assert.Equal(33, Assert.IsType<ReceiptResult.Verified>(back.Verify(_tree.Leaf(33), _log.Verifier)).Index);
        Assert.IsType<ReceiptResult.Refused>(back.Verify(_tree.Leaf(34), _log.Verifier));
        Assert.IsType<ReceiptResult.Refused>(back.Verify(_tree.Leaf(33), VerifierKey.Parse(NoteVectors.PeterKey)));
        Assert.IsType<ReceiptResult.Refused>(new LogReceipt(32, _tree.ProveInclusion(33, 70), note).Verify(_tree.Leaf(33), _log.Verifier));
    }

    [Fact]
    public void A_receipt_cut_or_changed_anywhere_shows_nothing()
    {
        string text = At(5).ToString();
        byte[] receipt = Encoding.UTF8.GetBytes(new LogReceipt(3, _tree.ProveInclusion(3, 5), SignedNote.Create(text, _log.Sign(text))).ToString());
        Assert.True(Shows(receipt));
        for (int length = 0; length < receipt.Length; length++)
        {
            Assert.False(Shows(receipt[..length]), $"{length} bytes");
        }

        for (int bit = 0; bit < receipt.Length * 8; bit++)
        {
            byte[] changed = [.. receipt];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Shows(changed), $"bit {bit}");
        }

        string many = "c2sp.org/tlog-proof@v1\nindex 3\n" + string.Concat(Enumerable.Repeat(Root + "\n", 65)) + "\n" + SignedNote.Create(text, _log.Sign(text));
        Assert.Contains("at most 64", Assert.Throws<NoteFormatException>(() => LogReceipt.Parse(Encoding.UTF8.GetBytes(many))).Message, StringComparison.Ordinal);
    }

    private static bool Shows(byte[] receipt)
    {
        try
        {
            return LogReceipt.Parse(receipt).Verify(_tree.Leaf(3), _log.Verifier) is ReceiptResult.Verified;
        }
        catch (NoteFormatException)
        {
            return false;
        }
    }

    private static Checkpoint At(long size) => new(_log.Verifier.Name, size, _tree.RootAt(size));

    private static SigningFault Fault(SigningDecision decision) => Assert.IsType<SigningDecision.Refused>(decision).Fault;

    private static MerkleTree Grow(int size, int changed = -1)
    {
        MerkleTree tree = new();
        for (int i = 0; i < size; i++)
        {
            tree.Append(i == changed ? [] : [(byte)i]);
        }

        return tree;
    }
}
