using System.Globalization;
using System.Text;

namespace Lazuli.EndToEnd.Tests;

/// <summary>Documentation of a small shop, from which dialogues are made and a toy learns in seconds.</summary>
internal static class SmallDocumentation
{
    /// <summary>Writes it into <paramref name="folder"/> and gives its path.</summary>
    public static string Write(string folder)
    {
        string[] things = ["Total", "Owner", "Price", "Weight", "Colour", "Address", "Invoice", "Status"];
        var xml = new StringBuilder("<doc><assembly><name>Shop</name></assembly><members>\n");
        for (int t = 0; t < 240; t++)
        {
            xml.AppendLine(CultureInfo.InvariantCulture, $"<member name=\"T:Shop.Basket{t}\"><summary>Represents basket number {t} of the shop.</summary></member>");
            foreach (string thing in things)
            {
                xml.AppendLine(CultureInfo.InvariantCulture, $"<member name=\"M:Shop.Basket{t}.Get{thing}\"><summary>Gets the {thing.ToLowerInvariant()} of basket {t} as a <see cref=\"T:System.String\"/>.</summary></member>");
            }
        }

        string path = Path.Combine(folder, "Shop.xml");
        File.WriteAllText(path, xml.Append("</members></doc>").ToString());
        return path;
    }
}
