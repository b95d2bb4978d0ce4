namespace Lazuli.Models;

/// <summary>A token added beside the merges.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its text.</param>
/// <param name="IsSpecial">Whether the file called it special: it steers the model and is never made from text. Others are found in text before anything else.</param>
/// <param name="Trim">White space around it that it swallows.</param>
/// <param name="IsWord">Whether it counts only where no letter, digit or low line touches it.</param>
/// <param name="IsNormalized">Whether it is looked for in normalised text, itself normalised.</param>
internal readonly record struct AddedToken(int Id, string Text, bool IsSpecial, TokenTrim Trim = TokenTrim.None, bool IsWord = false, bool IsNormalized = false)
{
    /// <summary>Reads an entry of <c>added_tokens</c>; its id and text are the caller's to check.</summary>
    public static AddedToken Read(JsonPlace item, int idLimit)
    {
        bool Flag(string name) => item.Find(name)?.AsBoolean() ?? false;
        TokenTrim trim = (Flag("lstrip") ? TokenTrim.Before : TokenTrim.None) | (Flag("rstrip") ? TokenTrim.Behind : TokenTrim.None);
        return new AddedToken(item["id"].AsInteger(idLimit), item["content"].AsString(), Flag("special"), trim, Flag("single_word"), Flag("normalized"));
    }
}
