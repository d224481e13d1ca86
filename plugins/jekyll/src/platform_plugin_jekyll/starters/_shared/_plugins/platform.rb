# frozen_string_literal: true

# How the neutral content of content/, static/ and assets/ becomes a Jekyll site, and what Platform tells its templates.
#
# - content/<collection>/<slug>.md is a document of that collection, with the address /<collection>/<slug>/ or its `url`;
#   posts need no date in their names. _index.md is the page of its folder.
# - static/ is published as it is. assets/ is published under names that hold a hash: {{ 'site.css' | asset }}.
# - site.data.platform is what Platform wrote for every engine.

require "digest"
require "json"

module Platform
  CONTENT = "content"
  GENERATED = ".platform/generated"
  PRODUCTS = "products"
  STAND_IN = {
    "site" => { "stage" => "local" }, "shop" => false, "products" => {}, "routes" => [],
    "fragments" => { "head" => "", "body-end" => "", "navigation" => "", "footer" => "" }
  }.freeze

  # A document of content/. Without a date it has none; Jekyll would take the time of the build, and for posts outside of
  # _posts/ it would take folders for categories and all of them for drafts.
  class Entry < Jekyll::Document
    def date
      data["date"] && super
    end

    def draft?
      false
    end

    def categories_from_path(_folder); end
  end

  # A file of assets/ under a name that changes with its bytes.
  class Asset < Jekyll::StaticFile
    def hashed
      @hashed ||= "#{File.basename(name, ".*")}.#{Digest::SHA256.file(path).hexdigest[0, 16]}#{extname}"
    end

    def destination(dest)
      @site.in_dest_dir(dest, "assets", hashed)
    end
  end

  # A page that leads elsewhere, for hosts that have no redirects of their own.
  class Redirect < Jekyll::Page
    def initialize(site, from, target)
      @site, @base, @dir, @name = site, site.source, "", "redirect.html"
      process(@name)
      path = from.end_with?("/") || File.extname(from).empty? ? "#{from.chomp("/")}/" : from
      @data = { "permalink" => path, "redirect" => target, "layout" => "redirect", "sitemap" => false }
      @content = ""
    end
  end

  module Filters
    def asset(name)
      found = @context.registers[:site].static_files.find { |file| file.is_a?(Asset) && file.name == name }
      raise ArgumentError, "assets/#{name} is not there" unless found

      "/assets/#{found.hashed}"
    end
  end

  # Reads what lies outside of Jekyll's own folders.
  class Reader
    def initialize(site)
      @site = site
      @now = Time.now
      @platform = generated("data/platform.json") || STAND_IN
      @settings = generated("settings.json") || {}
    end

    def read
      @site.data["platform"] = @platform
      @site.data["redirects"] = @settings.fetch("redirects", {})
      files("static").each { |path| @site.static_files << static(Jekyll::StaticFile, "static", path) }
      files("assets").each { |path| @site.static_files << static(Asset, "assets", path) }
      files(CONTENT).select { |path| path.end_with?(".md") }.each { |path| add(path) }
      @site.collections.each_value { |collection| sort(collection.docs) }
      bare_folders.each { |folder| @site.pages << section(folder) }
      topics.each { |tag, posts| @site.pages << topic(tag, posts) }
      @site.data["redirects"].each { |from, target| @site.pages << Redirect.new(@site, from, target) }
      @site.pages.concat(further_pages)
      # Feeds say when they were made: as late as their newest entry, so that equal content gives equal bytes.
      @site.time = @site.posts.docs.map(&:date).compact.max || Time.at(0)
    end

    private

    def generated(name)
      path = File.join(@site.source, GENERATED, name)
      JSON.parse(File.read(path, encoding: "UTF-8")) if File.file?(path)
    end

    def files(folder)
      root = File.join(@site.source, folder)
      Dir.glob("**/*", File::FNM_DOTMATCH, base: root).select { |name| File.file?(File.join(root, name)) }.sort
    end

    def static(kind, folder, path)
      kind.new(@site, File.join(@site.source, folder), File.join("/", File.dirname(path)).chomp("."), File.basename(path))
    end

    def add(path)
      folder, name = File.split(path)
      folder = "" if folder == "."
      label = folder.split("/").first
      index = %w(index.md _index.md).include?(name)
      item = index || label.nil? ? page(folder, name) : document(label, path)
      return unless published?(item.data, label, index)

      slug = index ? "" : File.basename(name, ".md")
      prepare(item, folder, slug)
      item.is_a?(Jekyll::Page) ? @site.pages << item : @site.collections[label].docs << item
    end

    def page(folder, name)
      Jekyll::Page.new(@site, @site.source, File.join(CONTENT, folder), name)
    end

    def document(label, path)
      entry = Entry.new(File.join(@site.source, CONTENT, path), :site => @site, :collection => @site.collections[label])
      entry.read
      entry
    end

    def prepare(item, folder, slug)
      data = item.data
      address = [folder, slug].reject(&:empty?).join("/")
      own = data["url"].to_s
      own = "/#{own.delete_prefix("/")}" unless own.empty?
      data["permalink"] = own.empty? ? "/#{address}/".squeeze("/") : with_slash(own)
      data.delete("url")
      data["section"] = folder
      data["slug"] = slug
      data["last_modified_at"] = data["updated"] || data["date"]
      data["lang"] = data["locale"] if data["locale"]
      # What people write in an editor is text, not a program; front matter can say otherwise.
      data["render_with_liquid"] = false unless data.key?("render_with_liquid")
      data["layout"] ||= slug.empty? ? index_layout(folder) : entry_layout(folder)
      data["product"] = @platform["products"][data["sku"].to_s] if data["sku"]
    end

    def with_slash(address)
      File.extname(address).empty? ? "#{address.chomp("/")}/" : address
    end

    ENTRY_LAYOUTS = { "posts" => "post", PRODUCTS => "product" }.freeze

    # The layout of the nearest folder that has one of its name, or page.
    def entry_layout(folder)
      nearest(folder, "") || ENTRY_LAYOUTS[folder.split("/").first] || "page"
    end

    # home, or the layout <collection>-list of the nearest folder that has one, or list.
    def index_layout(folder)
      return "home" if folder.empty?

      nearest(folder, "-list") || "list"
    end

    def nearest(folder, ending)
      parts = folder.split("/")
      wanted = parts.length.downto(1).map { |count| "#{parts.first(count).join("-")}#{ending}" }
      wanted.find { |name| @site.layouts.key?(name) }
    end

    def published?(data, label, index)
      return false if data["draft"] == true || data["published"] == false
      return false if data["date"] && !@settings["future"] && Jekyll::Utils.parse_date(data["date"].to_s) > @now
      return true unless label == PRODUCTS

      @platform["shop"] && !@platform["products"].empty? && (index || @platform["products"].key?(data["sku"].to_s))
    end

    def sort(docs)
      if docs.first.respond_to?(:collection) && docs.first.collection.label == "posts"
        docs.sort_by! { |doc| [doc.date || Time.at(0), doc.url] }
      else
        docs.sort_by! { |doc| [doc.data["weight"] || 1_000_000, -(doc.date || Time.at(0)).to_i, doc.url] }
      end
    end

    def bare_folders
      known = @site.pages.map(&:url)
      folders = @site.collections.values.flat_map(&:docs).flat_map do |doc|
        parts = doc.data["section"].split("/")
        (1..parts.length).map { |count| parts.first(count).join("/") }
      end
      folders.uniq.sort.reject { |folder| known.include?("/#{folder}/") }
    end

    # A folder of entries without a page of its own gets a list of them.
    def section(folder)
      page = Jekyll::PageWithoutAFile.new(@site, @site.source, folder, "index.html")
      title = File.basename(folder).tr("-_", "  ").capitalize
      page.data.merge!("title" => title, "layout" => index_layout(folder), "section" => folder, "permalink" => "/#{folder}/")
      page
    end

    def topics
      @site.posts.docs.reverse.flat_map { |post| post.data["tags"].map { |tag| [tag, post] } }
           .group_by(&:first).transform_values { |pairs| pairs.map(&:last) }.sort
    end

    # Each tag has a page with its posts, the newest first.
    def topic(tag, posts)
      address = "/tags/#{Jekyll::Utils.slugify(tag)}/"
      page = Jekyll::PageWithoutAFile.new(@site, @site.source, "tags/#{Jekyll::Utils.slugify(tag)}", "index.html")
      page.data.merge!("title" => tag, "layout" => "topic", "posts" => posts, "permalink" => address)
      page.data["description"] = "#{posts.length} #{posts.length == 1 ? "post" : "posts"} about #{tag}."
      page
    end

    # /posts/page/2/ and so on of each list, but for addresses that the site has given to something else.
    def further_pages
      taken = (@site.pages + @site.documents + @site.static_files).to_set { |file| file.destination(@site.dest) }
      @site.pages.flat_map { |list| paginate(list) }.select { |page| taken.add?(page.destination(@site.dest)) }
    end

    # A list whose layout says `paginate: 12` gets 12 entries at a time, under the names that jekyll-paginate gave them.
    def paginate(list)
      per_page = @site.layouts[list.data["layout"]]&.data&.fetch("paginate", nil)
      return [] unless per_page

      parts = (list.data["posts"] || members(list.data["section"].to_s)).each_slice(per_page).to_a
      pages = parts.each_index.map { |index| index.zero? ? list : list_page(list, index + 1) }
      pages.each_with_index do |page, index|
        before, after = (pages[index - 1] unless index.zero?), pages[index + 1]
        page.pager = {
          "page" => index + 1, "posts" => parts[index], "total_pages" => pages.length,
          "previous_page" => before && index, "previous_page_path" => before&.url,
          "next_page" => after && index + 2, "next_page_path" => after&.url
        }
      end
      pages.drop(1)
    end

    # The entries of a folder; posts and products are listed with those of its folders.
    def members(folder)
      label = folder.split("/").first
      docs = @site.collections[label]&.docs.to_a.select do |doc|
        section = doc.data["section"]
        section == folder || (ENTRY_LAYOUTS.key?(label) && section.start_with?("#{folder}/"))
      end
      label == "posts" ? docs.reverse : docs
    end

    def list_page(list, number)
      address = "#{list.url.sub(/\.html?\z/, "/")}page/#{number}/"
      page = Jekyll::PageWithoutAFile.new(@site, @site.source, address, "index.html")
      title = [list.data["title"], "page #{number}"].compact.join(", ")
      page.data.merge!(list.data, "title" => title, "permalink" => address, "canonical_url" => nil)
      page
    end
  end

  # Regions need names of their own.
  def self.table_open(number)
    name = number == 1 ? "Table" : "Table #{number}"
    %(<div class="table-scroll" role="region" aria-label="#{name}" tabindex="0"><table>)
  end

  # What kramdown and Rouge write, for the shared stylesheet and a policy that refuses style attributes.
  def self.tidy(html)
    count = 0
    html
      .gsub('<div class="highlight"><pre class="highlight">', '<div class="highlight chroma code-block"><pre tabindex="0">')
      .gsub("<table>") { table_open(count += 1) }
      .gsub("</table>", "</table></div>")
      .gsub(/<(th|td) style="text-align: (\w+)">/, '<\1 class="align-\2">')
      .gsub(%r{<th( class="[^"]*")?>(?:&nbsp;|[[:space:]])*</th>}, '<td\1></td>')
      .gsub(%r{<thead>.*?</thead>}m) { |head| head.gsub(/<th(?=[ >])/, '<th scope="col"') }
  end
end

Liquid::Template.register_filter(Platform::Filters)

Jekyll::Hooks.register :site, :after_init do |site|
  folders = Dir.glob("*/", :base => File.join(site.source, Platform::CONTENT)).map { |name| name.chomp("/") }
  site.config["collections"] = folders.sort.to_h { |name| [name, (site.config["collections"] || {})[name] || { "output" => true }] }
  # Whether an entry is still to come is decided in published?, by the clock and not by the feed's time.
  site.config["future"] = site.future = true
end

Jekyll::Hooks.register(:site, :post_read) { |site| Platform::Reader.new(site).read }

Jekyll::Hooks.register [:pages, :documents], :post_convert do |item|
  item.content = Platform.tidy(item.content) if item.path.to_s.end_with?(".md")
end
