namespace Lazuli.Proofs;

/// <summary>How a key signs, by the identifier byte that C2SP signed-note assigns.</summary>
public enum NoteKeyType
{
    /// <summary>None; never valid.</summary>
    None = 0,

    /// <summary>Ed25519 over the note's text.</summary>
    Ed25519 = 0x01,

    /// <summary>Ed25519 over a time and a checkpoint's text: what a witness of a log signs (C2SP tlog-cosignature, v1).</summary>
    CosignatureV1 = 0x04,
}
